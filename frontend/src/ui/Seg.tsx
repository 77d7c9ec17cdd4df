import type { ReactNode } from "react";
import { cx } from "./cx";

export interface SegOption<T extends string> {
  value: T;
  label: ReactNode;
}

/** A choice of few, all in sight. `label` names the group for who can't see it. */
export function Seg<T extends string>({
  label,
  value,
  options,
  onChange,
  size = "md",
  className,
}: {
  label: string;
  value: T;
  options: readonly SegOption<T>[];
  onChange: (value: T) => void;
  size?: "md" | "lg";
  className?: string;
}) {
  return (
    <fieldset
      aria-label={label}
      className={cx(
        "inline-flex gap-px rounded-control bg-surface-3",
        size === "lg" ? "p-[3px]" : "p-0.5",
        className,
      )}
    >
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
          className={cx(
            "inline-flex items-center gap-1.5 rounded-tag px-2 font-medium transition-colors duration-90",
            size === "lg" ? "h-9 text-13 md:h-7" : "h-8 text-12 md:h-6",
            option.value === value
              ? "bg-surface text-fg shadow-[0_0_0_1px_var(--line),var(--sh-1)] dark:bg-surface-4 dark:shadow-none"
              : "text-fg-2 hover:text-fg",
          )}
        >
          {option.label}
        </button>
      ))}
    </fieldset>
  );
}

import type { ReactNode } from "react";
import { Check } from "./Check";
import { cx } from "./cx";

/** A checkbox with its word beside it, in a line of which all can be clicked. `children` stand before the word. */
export function CheckLine({
  label,
  checked,
  onChange,
  children,
  className,
}: {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  children?: ReactNode;
  className?: string;
}) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is in Check; the label makes the whole line its target
    <label
      className={cx(
        "flex h-9 cursor-pointer items-center gap-2 rounded-control px-1.5 hover:bg-surface-3 md:h-7 dark:hover:bg-surface-4",
        className,
      )}
    >
      <Check label={label} checked={checked} onChange={(next) => onChange(next)} />
      {children}
      <span className="truncate">{label}</span>
    </label>
  );
}

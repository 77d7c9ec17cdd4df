import { useEffect, useRef } from "react";
import { cx } from "./cx";

/** The browser's own checkbox, drawn by us: 16 px in a target of 28 px. `mixed` is for a head over rows of which some are picked. */
export function Check({
  label,
  checked,
  mixed = false,
  onChange,
  className,
}: {
  label: string;
  checked: boolean;
  mixed?: boolean;
  /** The click tells whether Shift was held, for picking a range. */
  onChange: (checked: boolean, click: MouseEvent) => void;
  className?: string;
}) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (input.current) input.current.indeterminate = mixed;
  }, [mixed]);
  return (
    <span className={cx("relative inline-grid size-5 shrink-0 place-items-center md:size-4", className)}>
      <input
        ref={input}
        type="checkbox"
        aria-label={label}
        checked={checked}
        onChange={(event) => onChange(event.target.checked, event.nativeEvent as MouseEvent)}
        className="size-full appearance-none rounded-tag border-[1.5px] border-control! bg-surface before:absolute before:-inset-1.5 checked:border-hv-ink! checked:bg-hv indeterminate:border-hv-ink! indeterminate:bg-hv"
      />
      {(checked || mixed) && (
        <svg
          viewBox="0 0 24 24"
          aria-hidden="true"
          fill="none"
          stroke="var(--hv-ink)"
          strokeWidth="3.5"
          strokeLinecap="round"
          strokeLinejoin="round"
          className="pointer-events-none absolute size-3"
        >
          <path d={mixed ? "M5 12h14" : "M20 6 9 17l-5-5"} />
        </svg>
      )}
    </span>
  );
}

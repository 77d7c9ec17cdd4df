import { cx } from "./cx";

/** How far something has come, 0 to 1. Only for what was reported: without a number there is no bar. */
export function Bar({
  label,
  fraction,
  big = false,
  className,
}: {
  label: string;
  fraction: number;
  big?: boolean;
  className?: string;
}) {
  const part = Math.min(1, Math.max(0, fraction));
  return (
    <span
      role="progressbar"
      aria-label={label}
      aria-valuenow={Math.round(part * 100)}
      aria-valuemin={0}
      aria-valuemax={100}
      className={cx(
        "block min-w-10 overflow-hidden rounded-full bg-surface-4",
        big ? "h-2" : "h-1",
        className,
      )}
    >
      <span
        className="block h-full origin-left rounded-full bg-running transition-transform duration-240 ease-linear"
        style={{ transform: `scaleX(${part})` }}
      />
    </span>
  );
}

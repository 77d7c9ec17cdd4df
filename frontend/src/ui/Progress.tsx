import { cx } from "./cx";

/** How far something is, 0 to 1, in the colour of the nearest tone. */
export function Progress({
  fraction,
  label,
  size = "sm",
}: {
  fraction: number;
  label: string;
  size?: "sm" | "lg";
}) {
  const part = Math.min(1, Math.max(0, fraction));
  return (
    <span
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.floor(part * 100)}
      className={cx(
        "block min-w-10 flex-1 overflow-hidden rounded-full bg-surface-4",
        size === "lg" ? "h-2" : "h-1",
      )}
    >
      <span
        className="block h-full w-full origin-left rounded-full bg-tone transition-transform duration-240 ease-linear"
        style={{ transform: `scaleX(${part})` }}
      />
    </span>
  );
}

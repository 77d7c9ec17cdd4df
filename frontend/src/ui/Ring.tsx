import { cx } from "./cx";

const AROUND = 2 * Math.PI * 8;

/** A ring that fills with `fraction` (0 to 1); without one it turns. The colour is the nearest tone's. */
export function Ring({ fraction, className }: { fraction?: number | null; className?: string }) {
  const known = fraction !== undefined && fraction !== null;
  const filled = known ? Math.min(1, Math.max(0, fraction)) : 0.25;
  return (
    <svg
      viewBox="0 0 20 20"
      aria-hidden="true"
      fill="none"
      strokeWidth={2.25}
      className={cx("shrink-0", !known && "animate-ring", className)}
    >
      <circle cx="10" cy="10" r="8" stroke="currentColor" opacity={0.28} />
      {/* Its round ends would be a dot where there is nothing yet. */}
      <circle
        cx="10"
        cy="10"
        r="8"
        opacity={filled > 0 ? 1 : 0}
        stroke="currentColor"
        strokeLinecap="round"
        strokeDasharray={`${filled * AROUND} ${AROUND}`}
        transform="rotate(-90 10 10)"
        className="transition-[stroke-dasharray] duration-240 ease-linear"
      />
    </svg>
  );
}

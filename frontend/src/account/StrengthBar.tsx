import { cx } from "@/ui/cx";
import type { Strength } from "./strength";

const COLOURS = ["", "bg-failed", "bg-retrying", "bg-completed", "bg-completed"] as const;
const STEPS = [1, 2, 3, 4] as const;

/** Four steps; the hint beside it says the same in words. */
export function StrengthBar({ score }: { score: Strength["score"] }) {
  return (
    <span className="flex gap-1" aria-hidden="true">
      {STEPS.map((step) => (
        <span
          key={step}
          className={cx(
            "h-1 flex-1 rounded-full transition-colors duration-160",
            step <= score ? COLOURS[score] : "bg-surface-4",
          )}
        />
      ))}
    </span>
  );
}

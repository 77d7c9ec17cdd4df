import type { Priority } from "@/api/types";
import { cx } from "@/ui/cx";

const BARS: Record<Priority, number> = { low: 1, medium: 2, high: 3 };
const SHAPE = [
  { x: 1, y: 9, height: 4 },
  { x: 5.5, y: 5.5, height: 7.5 },
  { x: 10, y: 2, height: 11 },
];

export function priorityWord(priority: Priority): string {
  return priority.charAt(0).toUpperCase() + priority.slice(1);
}

/** One to three bars. Decoration: the word must be near, or `label` asked for. */
export function PriorityBars({ priority, label = false }: { priority: Priority; label?: boolean }) {
  return (
    <span className="inline-flex" title={label ? `Priority: ${priority}` : undefined}>
      <svg viewBox="0 0 14 14" aria-hidden="true" className="size-3.5!">
        {SHAPE.map((bar, index) => (
          <rect
            key={bar.x}
            {...bar}
            width="3"
            rx="1"
            className={cx(index < BARS[priority] ? "fill-fg" : "fill-line-2")}
          />
        ))}
      </svg>
      {label && <span className="sr-only">{priority}</span>}
    </span>
  );
}

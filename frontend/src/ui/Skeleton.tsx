import { cx } from "./cx";

/**
 * A grey bar where text will be, or a box with a size of its own. Wrap a whole skeleton in `SkeletonGroup`, which waits
 * 150 ms before it shows.
 */
export function Skeleton({ shape = "bar", className }: { shape?: "bar" | "box"; className?: string }) {
  return (
    <span
      className={cx(
        "block animate-skeleton bg-surface-4",
        shape === "bar" && "h-2.5 rounded-full",
        className,
      )}
    />
  );
}

const WIDTHS = ["w-44", "w-56", "w-36", "w-60", "w-48", "w-32", "w-52", "w-40"];

/** Rows as the list to come will have them. */
export function SkeletonRows({ rows, rowClass }: { rows: number; rowClass?: string }) {
  return (
    <SkeletonGroup>
      {Array.from({ length: rows }, (_, row) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike and never move
          key={row}
          className={cx("flex min-h-9 items-center gap-3 border-b px-4 last:border-b-0", rowClass)}
        >
          <Skeleton shape="box" className="size-4 rounded-tag" />
          <Skeleton className="w-16" />
          <span className="min-w-0 flex-1">
            <Skeleton className={cx("max-w-full", WIDTHS[row % WIDTHS.length])} />
          </span>
          <Skeleton className="w-11" />
        </div>
      ))}
    </SkeletonGroup>
  );
}

export function SkeletonGroup({ children, className }: { children: React.ReactNode; className?: string }) {
  return (
    <div aria-busy="true" className={cx("delay-appear", className)}>
      <span className="sr-only">Loading</span>
      {children}
    </div>
  );
}

import { Link } from "@tanstack/react-router";
import type { JobCounts, JobState } from "@/api/types";
import { StateIcon } from "@/jobs/StateBadge";
import { STATE_META } from "@/jobs/stateMeta";
import { cx } from "@/ui/cx";
import { Skeleton, SkeletonGroup } from "@/ui/Skeleton";
import { count } from "@/ui/time";

const MAIN_LINE: readonly JobState[] = ["scheduled", "pending", "running", "completed"];
const SIDING: readonly JobState[] = ["retrying", "failed", "cancelled"];

const FRAME = "rounded-card border bg-surface px-4 pt-4 pb-3.5";
const GRID = "grid grid-cols-4 gap-y-4.5 md:grid-cols-[repeat(4,1fr)_28px_repeat(3,1fr)]";

/** Where the jobs are: the main line, and the siding with dashed track for what left it. */
export function YardStrip({ counts }: { counts: JobCounts }) {
  return (
    <section aria-label="Jobs by state" className={FRAME}>
      <div className={GRID}>
        {MAIN_LINE.map((state, index) => (
          <Tile key={state} state={state} counts={counts} last={index === MAIN_LINE.length - 1} />
        ))}
        <span className="max-md:hidden" />
        {SIDING.map((state, index) => (
          <Tile key={state} state={state} counts={counts} last={index === SIDING.length - 1} siding />
        ))}
      </div>
    </section>
  );
}

function Tile({
  state,
  counts,
  last,
  siding = false,
}: {
  state: JobState;
  counts: JobCounts;
  last: boolean;
  siding?: boolean;
}) {
  const value = counts[state];
  // The server stops counting at 100,000 a state: from there on it is 'at least'.
  const atLeast = counts.capped && value >= 100_000;
  return (
    <Link
      to="/jobs"
      search={{ state: [state] }}
      data-tone={state}
      className="group block rounded-control pr-2 outline-offset-4"
    >
      <span className="relative flex h-6 items-center" aria-hidden="true">
        {/* A running job has no one progress here: the ring stands still while something runs, and is empty when not. */}
        <StateIcon state={state} fraction={value > 0 ? 0.3 : 0} className="size-5" />
        <span
          className={cx(
            "absolute top-[11px] left-6 border-t-2 border-line-2!",
            siding && "border-dashed",
            last ? "right-3.5" : "right-0",
          )}
        />
        {last && <span className="absolute top-[7px] right-3 h-2.5 w-0.5 bg-line-2" />}
      </span>
      <span
        className={cx(
          "mt-1.5 block text-20 leading-6! font-[560] tracking-[-.035em] md:mt-2.5 md:text-28 md:leading-8!",
          value === 0 && "text-fg-3",
        )}
      >
        {count(value)}
        {atLeast && "+"}
      </span>
      <span className="mt-0.5 block text-12 font-strong underline-offset-3 group-hover:underline md:text-13">
        {STATE_META[state].word}
      </span>
    </Link>
  );
}

export function YardStripSkeleton() {
  return (
    <section aria-label="Jobs by state" className={FRAME}>
      <SkeletonGroup className={GRID}>
        {[...MAIN_LINE, ...SIDING].map((state, index) => (
          <span key={state} className={cx(index === 4 && "md:col-start-6")}>
            <Skeleton shape="box" className="size-5 rounded-full" />
            <Skeleton shape="box" className="mt-4 h-5 w-12 rounded-tag md:h-6" />
            <Skeleton className="mt-3 mb-1.5 w-16" />
          </span>
        ))}
      </SkeletonGroup>
    </section>
  );
}

import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { JobCounts, JobState } from "@/api/types";
import { StateIcon } from "@/jobs/StateBadge";
import { STATE_META } from "@/jobs/stateMeta";
import { cx } from "@/ui/cx";
import { Skeleton, SkeletonGroup } from "@/ui/Skeleton";
import { count } from "@/ui/time";

const MAIN_LINE: readonly JobState[] = ["scheduled", "pending", "running", "completed"];
const SIDING: readonly JobState[] = ["retrying", "failed", "cancelled"];

const COUNTED = 100_000;

const FRAME = "overflow-hidden rounded-card border bg-surface";
const GRID = "grid grid-cols-4 gap-y-4.5 px-4 pt-4 pb-3.5 md:grid-cols-[repeat(4,1fr)_28px_repeat(3,1fr)]";

/** Where the jobs are: the main line, and the siding with dashed track for what left it. `notes` say a little more. */
export function YardStrip({
  counts,
  notes = {},
  everyone = false,
  foot,
}: {
  counts: JobCounts;
  notes?: Partial<Record<JobState, string | undefined>>;
  /** Everybody's jobs: there is no list of them to lead to. */
  everyone?: boolean;
  foot?: ReactNode;
}) {
  const tile = (state: JobState, last: boolean, siding = false) => (
    <Tile
      key={state}
      state={state}
      counts={counts}
      note={notes[state]}
      last={last}
      siding={siding}
      linked={!everyone}
    />
  );
  return (
    <section aria-label={everyone ? "Everybody's jobs by state" : "Jobs by state"} className={FRAME}>
      <div className={GRID}>
        {MAIN_LINE.map((state, index) => tile(state, index === MAIN_LINE.length - 1))}
        <span className="max-md:hidden" />
        {SIDING.map((state, index) => tile(state, index === SIDING.length - 1, true))}
      </div>
      {foot}
    </section>
  );
}

interface TileProps {
  state: JobState;
  counts: JobCounts;
  note: string | undefined;
  last: boolean;
  siding: boolean;
}

function Tile({ linked, ...tile }: TileProps & { linked: boolean }) {
  const shared = { "data-tone": tile.state, className: "group block rounded-control pr-2 outline-offset-4" };
  if (!linked) {
    return (
      <div {...shared}>
        <Inside {...tile} />
      </div>
    );
  }
  return (
    <Link to="/jobs" search={{ state: [tile.state] }} {...shared}>
      <Inside {...tile} />
    </Link>
  );
}

function Inside({ state, counts, note, last, siding }: TileProps) {
  const value = counts[state];
  // The server stops counting at 100,000 a state: from there on it is 'at least'.
  const atLeast = counts.capped && value >= COUNTED;
  return (
    <>
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
      <span className="mt-0.5 block text-12 font-strong underline-offset-3 group-[:is(a):hover]:underline md:text-13">
        {STATE_META[state].word}
      </span>
      {/* Its line is there before its words are: nothing below moves when they come. */}
      <span className="mt-px hidden h-4 truncate text-12 text-fg-3 md:block">{note}</span>
    </>
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
            <span className="mt-px hidden h-4 md:block" />
          </span>
        ))}
      </SkeletonGroup>
      <div className="min-h-10 border-t" />
    </section>
  );
}

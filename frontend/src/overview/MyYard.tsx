import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { memo } from "react";
import { jobErrors, jobsList } from "@/api/jobs";
import { nextDue, oldestWaiting, stats } from "@/api/stats";
import type { JobCounts, JobState, JobSummary } from "@/api/types";
import { ButtonLink } from "@/ui/Button";
import { useNow } from "@/ui/Time";
import { count, duration, relativeTime } from "@/ui/time";
import { Activity } from "./Activity";
import { ByKind } from "./ByKind";
import { Charts } from "./Charts";
import { KeepingUp } from "./KeepingUp";
import { NeedsYou } from "./NeedsYou";
import { RunningNow } from "./RunningNow";
import { WINDOWS, type WindowName } from "./search";
import { YardStrip, YardStripSkeleton } from "./YardStrip";

/** One's own jobs: what needs one, where they are, how it went, what just happened. */
export function MyYard({ counts, window }: { counts: JobCounts | undefined; window: WindowName }) {
  return (
    <>
      <NeedsYou counts={counts} />
      {counts ? <Strip counts={counts} window={window} /> : <YardStripSkeleton />}
      <Charts window={window} everyone={false} />
      <Lists />
      <ByKind window={window} everyone={false} />
    </>
  );
}

function Strip({ counts, window }: { counts: JobCounts; window: WindowName }) {
  const oldest = useQuery({ ...oldestWaiting(), enabled: counts.pending > 0 });
  const first = counts.pending > 0 ? (oldest.data ?? null) : null;
  const now = useNow();
  const oldestMs = first && waitedMs(first, now);
  // None is told for a moment when a job has just come into line: nobody is frightened by that.
  const isKnown = counts.pending === 0 || first !== null || oldest.isError;
  return (
    <YardStrip
      counts={counts}
      notes={useNotes(counts, window, now, oldestMs)}
      foot={
        <KeepingUp
          waiting={isKnown ? { pending: counts.pending, atLeast: counts.capped, oldestMs } : undefined}
          everyone={false}
          action={
            first && (
              <ButtonLink size="sm" to="/jobs/$id" params={{ id: first.id }}>
                See why
              </ButtonLink>
            )
          }
        />
      }
    />
  );
}

/** A few words below each number. */
function useNotes(
  counts: JobCounts,
  window: WindowName,
  now: number,
  oldestMs: number | null,
): Partial<Record<JobState, string | undefined>> {
  const scheduled = useQuery({ ...nextDue("scheduled"), enabled: counts.scheduled > 0 }).data;
  const retrying = useQuery({ ...nextDue("retrying"), enabled: counts.retrying > 0 }).data;
  const total = useQuery(stats(WINDOWS[window].seconds)).data?.total;
  const largest = useQuery({ ...jobErrors(), enabled: counts.failed > 0 }).data?.items[0];
  const lately = (ended: number | undefined) =>
    ended === undefined ? undefined : `${count(ended)} in ${WINDOWS[window].label}`;
  return {
    scheduled: counts.scheduled > 0 ? due(scheduled, now) : undefined,
    pending: oldestMs === null ? undefined : `oldest ${duration(oldestMs)}`,
    retrying: counts.retrying > 0 ? due(retrying, now) : undefined,
    completed: lately(total?.completed),
    failed:
      counts.failed > 1 && largest && largest.count > 1
        ? `${count(largest.count)} by one error`
        : lately(total?.failed),
    cancelled: lately(total?.cancelled),
  };
}

function due(job: JobSummary | null | undefined, now: number): string | undefined {
  if (!job) return undefined;
  const at = Date.parse(job.run_at);
  return at > now ? `next ${relativeTime(at, now)}` : "next is due";
}

/** In line since it was due, not since it was submitted. */
function waitedMs(job: JobSummary, now: number): number {
  return Math.max(0, now - Date.parse(job.run_at));
}

/** Apart from the counts, which move several times a second while much happens. */
const Lists = memo(function Lists() {
  return (
    <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)] xl:gap-5">
      <LatestJobs />
      <RunningNow />
    </div>
  );
});

const LATEST = 10;

function LatestJobs() {
  const latest = useInfiniteQuery(jobsList({}, { limit: LATEST, live: "refetch" }));
  const jobs = latest.data?.pages[0]?.items;
  return (
    <Activity
      jobs={jobs}
      error={latest.isError && !jobs ? latest.error : null}
      onRetry={() => void latest.refetch()}
    />
  );
}

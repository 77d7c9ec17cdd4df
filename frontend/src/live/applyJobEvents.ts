// ★ The one place where what the socket says becomes what the page shows: events → query cache.
import type { QueryClient } from "@tanstack/react-query";
import { cachedJob, isOlder, writeJobs } from "@/api/jobCache";
import { fetchJob, jobKeys } from "@/api/jobs";
import type { JobCounts, JobSummary } from "@/api/types";
import type { JobEvent } from "./protocol";
import { refetchSoon } from "./refetchSoon";

const ARRIVALS_LIMIT = 1_000;
const OUTCOMES: ReadonlySet<string> = new Set(["completed", "failed", "cancelled"]);

/** An end of a job, which the server promises to send at least once. */
export function isOutcome(event: JobEvent): boolean {
  return OUTCOMES.has(event.event);
}

/**
 * Folds a batch of events into the cache, in their order. Rows change in place; jobs that no list has are kept as
 * arrivals; counts move at once and are read anew within a second. An event that looks older than what is shown (a
 * replay after a reload) changes nothing: that one job is read from the server instead.
 */
export function applyJobEvents(queryClient: QueryClient, events: readonly JobEvent[]): void {
  const latest = new Map<string, JobSummary>();
  const doubtful = new Set<string>();
  const arrived: JobSummary[] = [];
  let moved = false;

  for (const { event, job } of events) {
    const before = latest.get(job.id) ?? cachedJob(queryClient, job.id);
    if (before && isOlder(job, before)) {
      doubtful.add(job.id);
      continue;
    }
    if (before?.state !== job.state) {
      moved = true;
      shiftCounts(queryClient, before?.state ?? null, event === "created" || before ? job.state : null);
    }
    if (!before && event === "created") arrived.push(job);
    latest.set(job.id, job);
  }

  writeJobs(queryClient, latest);
  if (arrived.length > 0) addArrivals(queryClient, arrived);
  if (moved) refetchSoon(queryClient);
  for (const job of latest.values()) readDetails(queryClient, job, events);
  for (const id of doubtful) void readJob(queryClient, id);
}

/** The table shows its arrivals as '3 new'; newest first, without those that left the limit. */
function addArrivals(queryClient: QueryClient, arrived: JobSummary[]): void {
  queryClient.setQueryData<JobSummary[]>(jobKeys.arrivals, (old = []) =>
    [...arrived.toReversed(), ...old].slice(0, ARRIVALS_LIMIT),
  );
}

/** Only the unfiltered counts: for others the page can't tell whether the job is among them, so they wait a second. */
function shiftCounts(
  queryClient: QueryClient,
  from: JobSummary["state"] | null,
  to: JobSummary["state"] | null,
): void {
  queryClient.setQueryData<JobCounts>(jobKeys.counts({}), (counts) => {
    if (!counts) return counts;
    const next = { ...counts };
    if (from && next[from] > 0) next[from] -= 1;
    if (to) next[to] += 1;
    return next;
  });
}

/** An open job page also shows what events leave out: the result, and the list of attempts. */
function readDetails(queryClient: QueryClient, job: JobSummary, events: readonly JobEvent[]): void {
  const told = events.filter((event) => event.job.id === job.id);
  if (told.every((event) => event.event === "progress")) return;
  void queryClient.invalidateQueries({ queryKey: jobKeys.attempts(job.id) });
  if (told.some(isOutcome)) void queryClient.invalidateQueries({ queryKey: jobKeys.detail(job.id) });
}

async function readJob(queryClient: QueryClient, id: string): Promise<void> {
  try {
    writeJobs(queryClient, new Map([[id, await fetchJob(id)]]));
  } catch {
    // Gone or unreachable: what is shown stays until the next event or refetch.
  }
}

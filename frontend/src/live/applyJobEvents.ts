// ★ The one place where what the socket says becomes what the page shows: events → query cache.
import { notifyManager, type QueryClient } from "@tanstack/react-query";
import { isOlder, jobFinder, shownJobs, withNewerEvents, writeJobs } from "@/api/jobCache";
import { fetchJob, jobKeys } from "@/api/jobs";
import type { JobCounts, JobSummary } from "@/api/types";
import type { JobEvent } from "./protocol";
import { refetchSoon } from "./refetchSoon";

const HEARD_LIMIT = 1_000;
const OUTCOMES: ReadonlySet<string> = new Set(["completed", "failed", "cancelled"]);

/** An end of a job, which the server promises to send at least once. */
export function isOutcome(event: JobEvent): boolean {
  return OUTCOMES.has(event.event);
}

/**
 * Folds a batch of events into the cache, in their order. Rows change in place; every job told of is also kept as heard,
 * for tables that do not have it yet; counts move at once and are read anew within a second. An event that looks older
 * than what is shown (a replay after a reload) changes nothing: that one job is read from the server instead.
 *
 * The screens are told once of all of it: told write by write they were drawn write by write, fifty times a batch.
 */
export function applyJobEvents(queryClient: QueryClient, events: readonly JobEvent[]): void {
  notifyManager.batch(() => fold(queryClient, events));
}

type State = JobSummary["state"];
type Move = readonly [from: State | null, to: State | null];

function fold(queryClient: QueryClient, events: readonly JobEvent[]): void {
  const cached = jobFinder(queryClient);
  const latest = new Map<string, JobSummary>();
  const doubtful = new Set<string>();
  const changed = new Set<string>();
  const ended = new Set<string>();
  const moves: Move[] = [];
  for (const told of events) {
    const { event, job } = told;
    const before = latest.get(job.id) ?? cached(job.id);
    if (before && isOlder(job, before)) {
      doubtful.add(job.id);
      continue;
    }
    // Also when the state is known already: the list that told it may have been read after the counts were.
    if (event !== "progress") changed.add(job.id);
    if (isOutcome(told)) ended.add(job.id);
    if (before?.state !== job.state) {
      moves.push([before?.state ?? null, event === "created" || before ? job.state : null]);
    }
    latest.set(job.id, job);
  }
  writeJobs(queryClient, latest);
  if (moves.length > 0) shiftCounts(queryClient, moves);
  if (latest.size > 0) addHeard(queryClient, latest);
  if (changed.size > 0) refetchSoon(queryClient);
  readStories(queryClient, changed, ended);
  for (const id of doubtful) void readJob(queryClient, id);
}

/** Latest last, each job once, without those that left the limit. */
function addHeard(queryClient: QueryClient, latest: ReadonlyMap<string, JobSummary>): void {
  queryClient.setQueryData<JobSummary[]>(jobKeys.heard, (old = []) =>
    [...old.filter((job) => !latest.has(job.id)), ...latest.values()].slice(-HEARD_LIMIT),
  );
}

/** Only the unfiltered counts: for others the page can't tell whether the job is among them, so they wait a second. */
function shiftCounts(queryClient: QueryClient, moves: readonly Move[]): void {
  queryClient.setQueryData<JobCounts>(jobKeys.counts({}), (counts) => {
    if (!counts) return counts;
    const next = { ...counts };
    for (const [from, to] of moves) {
      if (from && next[from] > 0) next[from] -= 1;
      if (to) next[to] += 1;
    }
    return next;
  });
}

/** An open job page also shows what events leave out: the result, and the story of its runs. */
function readStories(
  queryClient: QueryClient,
  changed: ReadonlySet<string>,
  ended: ReadonlySet<string>,
): void {
  for (const id of shownJobs(queryClient)) {
    if (changed.has(id)) void queryClient.invalidateQueries({ queryKey: jobKeys.story(id) });
    if (ended.has(id)) void queryClient.invalidateQueries({ queryKey: jobKeys.detail(id) });
  }
}

async function readJob(queryClient: QueryClient, id: string): Promise<void> {
  try {
    const asked = performance.now();
    writeJobs(queryClient, new Map([[id, withNewerEvents(await fetchJob(id), asked)]]));
  } catch {
    // Gone or unreachable: what is shown stays until the next event or refetch.
  }
}

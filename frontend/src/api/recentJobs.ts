// What was heard of jobs lately, for answers that were under way at that time: they may have been read before it.
import type { JobSummary } from "./types";

/** No answer is waited for longer (client.ts). */
const KEPT_MS = 30_000;
/** 500 jobs a second for that long. */
const RECENT_LIMIT = 15_000;
const GONE_LIMIT = 10_000;

interface Heard {
  job: JobSummary;
  at: number;
  /** What somebody just asked for, shown before the server has said yes. */
  isGuess: boolean;
}

/** In the order in which they were heard of. */
const recent = new Map<string, Heard>();
/** Jobs that are no more, and since when that is known. */
const gone = new Map<string, number>();

/** Notes how a job was at a time (performance.now()); what was heard later stays. */
export function remember(id: string, job: JobSummary, at: number, isGuess = false): void {
  if ((recent.get(id)?.at ?? 0) > at) return;
  recent.delete(id);
  recent.set(id, { job, at, isGuess });
  for (const [oldest, heard] of recent) {
    if (recent.size <= RECENT_LIMIT && heard.at > at - KEPT_MS) break;
    recent.delete(oldest);
  }
}

/** Whether something else was heard of the job after it was guessed what it will be. */
export function isHeardAfter(id: string, guess: JobSummary): boolean {
  const heard = recent.get(id);
  return heard !== undefined && heard.job !== guess;
}

/** Whether it is known how the job was at that time or later. */
export function isHeardSince(id: string, at: number): boolean {
  const heard = recent.get(id);
  return gone.has(id) || (heard !== undefined && !heard.isGuess && heard.at >= at);
}

export function forget(id: string): void {
  recent.delete(id);
}

export function forgetGone(ids: readonly string[]): void {
  const now = performance.now();
  for (const id of ids) {
    recent.delete(id);
    gone.set(id, now);
  }
  for (const id of gone.keys()) {
    if (gone.size <= GONE_LIMIT) break;
    gone.delete(id);
  }
}

/** For the end of a session: nothing of one user may be left for the next. */
export function forgetRecentJobs(): void {
  recent.clear();
  gone.clear();
}

/**
 * An answer may have been read before an event that came while it was on its way: the event wins then, or the page
 * would fall back to 'running' after it had shown 'completed'. `asked` is when the request began (performance.now()).
 */
export function withNewerEvents<T extends JobSummary>(job: T, asked: number): T {
  const heard = recent.get(job.id);
  if (!heard || heard.at <= asked) return job;
  return heard.isGuess || !isOlder(heard.job, job) ? { ...job, ...heard.job } : job;
}

/** The same of a list, without the jobs that are no more. */
export function heardSince(jobs: readonly JobSummary[], asked: number): JobSummary[] {
  return jobs.flatMap((job) => ((gone.get(job.id) ?? 0) > asked ? [] : withNewerEvents(job, asked)));
}

/**
 * Whether `a` is an earlier picture of the job than `b`. A claim moves `started_at` on, a retry by hand raises
 * `max_attempts`, and within one run an end comes after everything else.
 */
export function isOlder(a: JobSummary, b: JobSummary): boolean {
  if (a.started_at !== b.started_at) return (a.started_at ?? "") < (b.started_at ?? "");
  if (a.max_attempts !== b.max_attempts) return a.max_attempts < b.max_attempts;
  return a.finished_at === null && b.finished_at !== null;
}

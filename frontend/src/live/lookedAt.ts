// Outcomes that were seen on the job's own page. The page may learn of one before its event comes (an answer to a click
// tells it too), and be left by then: who saw it is not told again.
import type { JobSummary } from "@/api/types";

const LIMIT = 100;
const outcomes = new Set<string>();

type Ended = Pick<JobSummary, "id" | "finished_at">;
const keyOf = (job: Ended) => `${job.id} ${job.finished_at}`;

/** The page of this job is looked at. */
export function noteLookedAt(job: Ended): void {
  if (!job.finished_at || document.visibilityState !== "visible") return;
  outcomes.add(keyOf(job));
  for (const oldest of outcomes) {
    if (outcomes.size <= LIMIT) break;
    outcomes.delete(oldest);
  }
}

/** Whether this very end of the job was looked at: a run again ends at another time. */
export function wasLookedAt(job: Ended): boolean {
  return outcomes.has(keyOf(job));
}

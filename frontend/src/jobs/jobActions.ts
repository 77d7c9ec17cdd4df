// What can be done to a job in its state, by the table of moves in the server. The server has the last word.
import type { JobSummary } from "@/api/types";
import { isFinished } from "./stateMeta";

/** Again: one that ended without success, or one that waits for its next try. */
export function canRetry(job: JobSummary): boolean {
  return job.state === "failed" || job.state === "cancelled" || job.state === "retrying";
}

/** Start now, not when it is due. One that waits for other jobs can't. */
export function canRunNow(job: JobSummary): boolean {
  return job.state === "scheduled" && job.after.length === 0;
}

export function canCancel(job: JobSummary): boolean {
  return !isFinished(job.state) && !job.cancel_requested;
}

// What can be done to a job in its state, by the table of moves in the server. The server has the last word.
import type { BulkVerb } from "@/api/bulk";
import type { JobState, JobSummary } from "@/api/types";
import { isFinished } from "./stateMeta";

/** The states whose jobs an action for many is for. 'Retry' starts no job before its time: that is asked for one by one. */
export const STATES_FOR: Record<BulkVerb, readonly JobState[]> = {
  retry: ["failed", "cancelled", "retrying"],
  cancel: ["scheduled", "pending", "running", "retrying"],
  discard: ["completed", "failed", "cancelled"],
};

/** Again: one that ended without success, or one that waits for its next try. */
export function canRetry(job: JobSummary): boolean {
  return STATES_FOR.retry.includes(job.state);
}

/** Start now, not when it is due. One that waits for other jobs can't. */
export function canRunNow(job: JobSummary): boolean {
  return job.state === "scheduled" && job.after.length === 0;
}

export function canCancel(job: JobSummary): boolean {
  return !isFinished(job.state) && !job.cancel_requested;
}

/** Priority, time, attempts and tags: while it waits. */
export function canEdit(job: JobSummary): boolean {
  return job.state === "scheduled" || job.state === "pending" || job.state === "retrying";
}

export function canDiscard(job: JobSummary): boolean {
  return isFinished(job.state);
}

export const CAN: Record<BulkVerb, (job: JobSummary) => boolean> = {
  retry: canRetry,
  cancel: canCancel,
  discard: canDiscard,
};

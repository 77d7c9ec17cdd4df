// What somebody wants to be different about a job that waits, and the request that it makes. Pure.
import type { EditJob, Job, Priority } from "@/api/types";
import { localInput, timeOfInput } from "../localInput";
import { tagsOf } from "../new/draft";

/** As typed. */
export interface Wish {
  priority: Priority;
  at: string;
  maxAttempts: string;
  tags: string;
}

export function wishOf(job: Job): Wish {
  return {
    priority: job.priority,
    at: localInput(job.run_at),
    maxAttempts: String(job.max_attempts),
    tags: job.tags.join(", "),
  };
}

/** The body of PATCH /jobs/{id}: only what differs. `errors` by pointer, as the server names them. */
export function editOf(job: Job, wish: Wish): { change: EditJob; errors: Readonly<Record<string, string>> } {
  const change: EditJob = {};
  const errors: Record<string, string> = {};
  const before = wishOf(job);
  if (wish.priority !== before.priority) change.priority = wish.priority;
  // To the minute: the seconds of a time that was not touched stay.
  if (wish.at !== before.at) {
    const at = timeOfInput(wish.at);
    if (at === undefined) errors["/run_at"] = "Required.";
    else change.run_at = at;
  }
  if (wish.maxAttempts !== before.maxAttempts) {
    const attempts = Number(wish.maxAttempts);
    if (!Number.isInteger(attempts) || attempts < 1 || attempts > 100) {
      errors["/max_attempts"] = "A whole number from 1 to 100.";
    } else change.max_attempts = attempts;
  }
  if (wish.tags !== before.tags) {
    const tags = tagsOf(wish.tags);
    if (tags.length > 20) errors["/tags"] = `20 tags at most, not ${tags.length}.`;
    else if (tags.some((tag) => tag.length > 64)) errors["/tags"] = "A tag has 64 characters at most.";
    else change.tags = tags;
  }
  return { change, errors };
}

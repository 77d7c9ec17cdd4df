// Jobs and attempts for tests.
import type { Attempt, Job, JobSummary, TimelineEvent } from "@/api/types";

export const NOON = Date.parse("2026-11-24T12:00:00Z");

/** A time so many seconds from noon. */
export function at(seconds: number): string {
  return new Date(NOON + seconds * 1_000).toISOString();
}

export function jobWith(part: Partial<Job> = {}): Job {
  return { ...summaryWith(part), payload: {}, result: null, ...part };
}

export function summaryWith(part: Partial<JobSummary> = {}): JobSummary {
  return {
    id: "01a20ddc-c067-7b34-be99-2334e55be19a",
    kind: "demo.sleep",
    queue: "default",
    state: "pending",
    priority: "medium",
    error: null,
    attempt: 0,
    max_attempts: 5,
    crashes: 0,
    progress: null,
    tags: [],
    unique_key: null,
    run_at: at(0),
    created_at: at(0),
    started_at: null,
    finished_at: null,
    timeout_seconds: 600,
    schedule_id: null,
    batch_id: null,
    after: [],
    worker: null,
    cancel_requested: false,
    owner_id: "01a20ddc-c067-7b34-be99-2334e55b0000",
    ...part,
  };
}

export function attemptWith(part: Partial<Attempt> & { run: number }): Attempt {
  return {
    attempt: part.run,
    worker: "worker-1",
    started_at: at(0),
    finished_at: null,
    outcome: "failed",
    error: null,
    ...part,
  };
}

let told = 0;

/** An event of a timeline, so many seconds after noon. */
export function eventWith(
  type: TimelineEvent["type"],
  seconds: number,
  part: Partial<TimelineEvent> = {},
): TimelineEvent {
  told += 1;
  return {
    id: `01a20ddc-c067-7000-8000-${told.toString(16).padStart(12, "0")}`,
    at: at(seconds),
    type,
    actor: { kind: "worker", id: null, name: "worker-1" },
    attempt: 1,
    detail: {},
    ...part,
  };
}

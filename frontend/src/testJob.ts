import type { Job } from "./api/types";
import type { JobEvent } from "./live/protocol";

let made = 0;

/** A job for tests: pending, newly submitted, with an id of its own unless told. */
export function sampleJob(job: Partial<Job> = {}): Job {
  made += 1;
  return {
    id: `01a20ddf-c4e1-7000-8000-${made.toString(16).padStart(12, "0")}`,
    kind: "demo.sleep",
    queue: "default",
    state: "pending",
    priority: "medium",
    payload: { seconds: 5 },
    result: null,
    error: null,
    attempt: 0,
    max_attempts: 5,
    crashes: 0,
    progress: null,
    tags: [],
    unique_key: null,
    run_at: "2026-11-24T14:00:00Z",
    created_at: "2026-11-24T14:00:00Z",
    started_at: null,
    finished_at: null,
    timeout_seconds: 600,
    schedule_id: null,
    batch_id: null,
    after: [],
    worker: null,
    cancel_requested: false,
    owner_id: "01a20ddf-0000-7000-8000-000000000001",
    ...job,
  };
}

/** An event as the socket sends it: its job has no payload and no result. */
export function sampleEvent(event: string, job: Job, id = `${job.id}:${event}:${job.attempt}`): JobEvent {
  const { payload: _payload, result: _result, ...summary } = job;
  return { type: "job", event, id, cursor: `after-${id}`, job: summary };
}

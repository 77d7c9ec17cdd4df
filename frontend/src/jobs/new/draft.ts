// What a person has put into the new-job form, and the request that it makes. Pure.
import type { FieldError } from "@/api/ApiError";
import type { Json } from "@/api/exactJson";
import type { CopyJob, Job, Kind, Priority, SubmitJob } from "@/api/types";
import { NBSP } from "@/ui/time";
import { limitText } from "../jobText";

export type When = "now" | "in" | "at";
export type Unit = "s" | "min" | "h" | "d";

/** Numbers are texts as typed; an empty one is left to the kind and the server. */
export interface Draft {
  payload: Json | undefined;
  when: When;
  amount: string;
  unit: Unit;
  /** As a datetime-local input has it: '2026-11-24T15:00', in the reader's time zone. */
  at: string;
  priority: Priority;
  queue: string;
  maxAttempts: string;
  timeout: string;
  strategy: "" | "exponential" | "fixed";
  baseSeconds: string;
  maxSeconds: string;
  tags: string;
  uniqueKey: string;
}

export const EMPTY_DRAFT: Draft = {
  payload: {},
  when: "now",
  amount: "10",
  unit: "min",
  at: "",
  priority: "medium",
  queue: "",
  maxAttempts: "",
  timeout: "",
  strategy: "",
  baseSeconds: "",
  maxSeconds: "",
  tags: "",
  uniqueKey: "",
};

const UNIT_SECONDS: Record<Unit, number> = { s: 1, min: 60, h: 3_600, d: 86_400 };
const YEAR_SECONDS = 365 * 86_400;
const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** A copy of a job: what it was given, as far as the job says. Its unique key stays with it: it may still be running. */
export function draftFrom(job: Job, kind: Kind | undefined): Draft {
  const { max_attempts: attempts, timeout_seconds: timeout } = job;
  return {
    ...EMPTY_DRAFT,
    payload: (job.payload ?? {}) as Json,
    priority: job.priority,
    queue: job.queue === "default" ? "" : job.queue,
    maxAttempts: attempts === kind?.defaults.max_attempts ? "" : String(attempts),
    timeout: timeout === kind?.defaults.timeout_seconds ? "" : String(timeout),
    tags: job.tags.join(", "),
  };
}

/** The body of POST /jobs: only what was said. With errors it is what there is so far. */
export function requestOf(kind: string, draft: Draft): { body: SubmitJob; errors: FieldError[] } {
  const errors: FieldError[] = [];
  const body: SubmitJob = { kind, payload: draft.payload ?? {} };
  if (draft.priority !== "medium") body.priority = draft.priority;
  addTime(body, draft, errors);
  const queue = draft.queue.trim();
  if (queue !== "") {
    body.queue = queue;
    if (!NAME.test(queue)) {
      errors.push({
        pointer: "/queue",
        message: "Small letters, digits and . _ - only, beginning with a letter or digit.",
      });
    }
  }
  const attempts = numberIn(draft.maxAttempts, "/max_attempts", { from: 1, to: 100, whole: true }, errors);
  if (attempts !== null) body.max_attempts = attempts;
  const timeout = numberIn(draft.timeout, "/timeout_seconds", { from: 0.001, to: 86_400 }, errors);
  if (timeout !== null) body.timeout_seconds = timeout;
  addBackoff(body, draft, errors);
  addTags(body, draft, errors);
  if (draft.uniqueKey !== "") body.unique_key = draft.uniqueKey;
  return { body, errors };
}

/** What differs in a copy: all but kind and payload is said, since what is left out stays as the first job has it. */
export function changeOf(body: SubmitJob, draft: Draft, kind: Kind): CopyJob {
  const { kind: _kind, payload: _payload, ...options } = body;
  return {
    ...options,
    priority: draft.priority,
    queue: body.queue ?? "default",
    tags: body.tags ?? [],
    max_attempts: body.max_attempts ?? kind.defaults.max_attempts,
    timeout_seconds: body.timeout_seconds ?? kind.defaults.timeout_seconds,
  };
}

function addTime(body: SubmitJob, draft: Draft, errors: FieldError[]): void {
  if (draft.when === "in") {
    const amount = numberIn(draft.amount, "/delay_seconds", { from: 0, to: YEAR_SECONDS }, errors);
    const seconds = (amount ?? 0) * UNIT_SECONDS[draft.unit];
    if (draft.amount.trim() === "") errors.push({ pointer: "/delay_seconds", message: "Required." });
    else if (amount !== null && seconds > YEAR_SECONDS) {
      errors.push({ pointer: "/delay_seconds", message: "A year ahead at most." });
    }
    if (amount !== null) body.delay_seconds = seconds;
  }
  if (draft.when === "at") {
    const time = Date.parse(draft.at);
    if (Number.isNaN(time)) errors.push({ pointer: "/run_at", message: "Required." });
    else body.run_at = new Date(time).toISOString();
  }
}

function addBackoff(body: SubmitJob, draft: Draft, errors: FieldError[]): void {
  const limits = { from: 0, to: 31_536_000 };
  const base = numberIn(draft.baseSeconds, "/backoff/base_seconds", limits, errors);
  const max = numberIn(draft.maxSeconds, "/backoff/max_seconds", limits, errors);
  if (draft.strategy === "" && base === null && max === null) return;
  body.backoff = {
    ...(draft.strategy === "" ? {} : { strategy: draft.strategy }),
    ...(base === null ? {} : { base_seconds: base }),
    ...(max === null ? {} : { max_seconds: max }),
  };
}

function addTags(body: SubmitJob, draft: Draft, errors: FieldError[]): void {
  const tags = tagsOf(draft.tags);
  if (tags.length > 0) body.tags = tags;
  if (tags.length > 20) errors.push({ pointer: "/tags", message: `20 tags at most, not ${tags.length}.` });
  const long = tags.find((tag) => tag.length > 64);
  if (long)
    errors.push({ pointer: "/tags", message: `A tag has 64 characters at most: ${long.slice(0, 24)}…` });
}

export function tagsOf(text: string): string[] {
  const tags = text.split(",").map((tag) => tag.trim());
  return [...new Set(tags.filter((tag) => tag !== ""))];
}

function numberIn(
  text: string,
  pointer: string,
  { from, to, whole = false }: { from: number; to: number; whole?: boolean },
  errors: FieldError[],
): number | null {
  if (text.trim() === "") return null;
  const value = Number(text);
  if (Number.isNaN(value) || (whole && !Number.isInteger(value))) {
    errors.push({ pointer, message: whole ? "A whole number." : "A number." });
    return null;
  }
  if (value >= from && value <= to) return value;
  const least = from === 0.001 ? "more than 0" : String(from);
  errors.push({ pointer, message: `From ${least} to ${to.toLocaleString("en")}.` });
  return null;
}

/** 'queue default, 5 attempts, exponential backoff from 5 s, timeout 10 min, no tags'. */
export function optionsText(draft: Draft, kind: Kind): string {
  const { max_attempts, timeout_seconds, backoff } = kind.defaults;
  const attempts = draft.maxAttempts.trim() || String(max_attempts);
  const base = draft.baseSeconds.trim() || String(backoff.base_seconds);
  const timeout = Number(draft.timeout.trim() || timeout_seconds);
  const tags = tagsOf(draft.tags);
  return [
    `queue ${draft.queue.trim() || "default"}`,
    attempts === "1" ? "1 attempt" : `${attempts} attempts`,
    `${draft.strategy || backoff.strategy} backoff from ${base}${NBSP}s`,
    `timeout ${Number.isFinite(timeout) ? limitText(timeout) : draft.timeout}`,
    tags.length === 0 ? "no tags" : tags.length === 1 ? "1 tag" : `${tags.length} tags`,
    ...(draft.uniqueKey ? ["a unique key"] : []),
  ].join(", ");
}

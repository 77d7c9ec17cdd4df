// The messages of /ws/jobs, as api.md names them.
import type { Notice } from "@/api/notifications";
import type { JobSummary } from "@/api/types";

/** A job changed. `id` is the same when it is sent again; `cursor` is the place up to which no outcome is missing. */
export interface JobEvent {
  type: "job";
  event: string;
  id: string;
  cursor: string;
  job: JobSummary;
}

/** An end of a job came into the inbox. Told once, and not again when outcomes are replayed: the inbox has it. */
export type NoticeEvent = { type: "notification" } & Notice;

export type ServerMessage =
  | { type: "ready"; cursor: string }
  /** What `subscribe` asked for has been sent; nothing before this cursor is missing any more. */
  | { type: "subscribed"; cursor: string }
  /** Brings the cursor of a quiet line forward, so that it does not grow too old to be resumed from. */
  | { type: "ping"; cursor: string }
  /** Too much was missed; events flow from this cursor on. */
  | { type: "reset"; cursor: string }
  | NoticeEvent
  | JobEvent;

export type ClientMessage =
  | { type: "auth"; token: string }
  | { type: "subscribe"; after: string }
  | { type: "pong" };

export const CLOSE = {
  badMessage: 4400,
  unauthenticated: 4401,
  notAllowed: 4403,
  restarting: 1012,
  tooSlow: 1013,
} as const;

/** Null for what this release does not know: a newer server may say more. */
export function parseMessage(data: unknown): ServerMessage | null {
  if (typeof data !== "string") return null;
  let message: unknown;
  try {
    message = JSON.parse(data);
  } catch {
    return null;
  }
  if (typeof message !== "object" || message === null || !("type" in message)) return null;
  switch (message.type) {
    case "ready":
    case "subscribed":
    case "ping":
    case "reset":
      return message as ServerMessage;
    case "notification":
      return isNotice(message) ? message : null;
    case "job":
      return isJobEvent(message) ? message : null;
    default:
      return null;
  }
}

function isNotice(message: object): message is NoticeEvent {
  const { id, job_id: job, event } = message as Partial<NoticeEvent>;
  return typeof id === "string" && typeof job === "string" && typeof event === "string";
}

function isJobEvent(message: object): message is JobEvent {
  const { id, event, job } = message as Partial<JobEvent>;
  return typeof id === "string" && typeof event === "string" && typeof job?.id === "string";
}

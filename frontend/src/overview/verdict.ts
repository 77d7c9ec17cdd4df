// 'Is it keeping up?', from what came and what ended lately. Pure.
import type { StatsBucket } from "@/api/stats";
import { count, duration } from "@/ui/time";

export interface Waiting {
  /** In line: due, and not yet begun. */
  pending: number;
  /** The server stopped counting there. */
  atLeast: boolean;
  /** How long the oldest of them has waited; null when it is not known. */
  oldestMs: number | null;
}

export interface Verdict {
  tone: "completed" | "retrying" | "failed";
  title: string;
  text: string;
}

/** Of whole minutes: the one that still fills would look like a slump. */
const LOOKED_AT = 10;
/** Nobody minds a wait shorter than this, whatever the trend is. */
const SHORT_MS = 30_000;
/** Out and in are rarely equal: less than this much apart is a balance. */
const BALANCE = 0.1;

/** `buckets` of one minute each, the last one still filling. */
export function isItKeepingUp(waiting: Waiting, buckets: readonly StatsBucket[]): Verdict {
  const { pending, atLeast, oldestMs } = waiting;
  if (pending === 0) return { tone: "completed", title: "Keeping up.", text: "Nothing waits in line." };

  const lately = buckets.slice(-LOOKED_AT - 1, -1);
  const minutes = Math.max(lately.length, 1);
  const came = lately.reduce((sum, { submitted }) => sum + submitted, 0) / minutes;
  const ended =
    lately.reduce((sum, { completed, failed, cancelled }) => sum + completed + failed + cancelled, 0) /
    minutes;
  const wait = `${count(pending)}${atLeast ? " or more" : ""} ${pending === 1 ? "job waits" : "jobs wait"}${
    oldestMs === null ? "" : `, the oldest for ${duration(oldestMs)}`
  }.`;

  if (oldestMs !== null && oldestMs < SHORT_MS)
    return { tone: "completed", title: "Keeping up.", text: wait };
  if (ended === 0) {
    const since = oldestMs !== null && oldestMs < minutes * 60_000 ? oldestMs : minutes * 60_000;
    return {
      tone: "failed",
      title: "Standing still.",
      text: `${wait} None has ended for ${duration(since)}.`,
    };
  }
  const pace = `${rate(ended)} a minute end, ${rate(came)} come.`;
  if (ended > came * (1 + BALANCE)) {
    const left = duration((pending / (ended - came)) * 60_000);
    return {
      tone: "retrying",
      title: "Catching up.",
      text: `${wait} ${pace} The line is gone in about ${coarse(left)}.`,
    };
  }
  if (came > ended * (1 + BALANCE))
    return { tone: "failed", title: "Falling behind.", text: `${wait} ${pace}` };
  return {
    tone: "retrying",
    title: "Holding.",
    text: `${wait} As many end as come: ${rate(ended)} a minute.`,
  };
}

function rate(perMinute: number): string {
  return perMinute >= 10 ? count(Math.round(perMinute)) : String(Number(perMinute.toFixed(1)));
}

/** '6 m 02 s' → '6 m': it is a guess. */
function coarse(text: string): string {
  return text.split(" ")[0] ?? text;
}

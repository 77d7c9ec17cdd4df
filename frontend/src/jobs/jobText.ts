// A job in a few words, as tables and headers say it.
import type { JobSummary } from "@/api/types";
import { duration, NBSP } from "@/ui/time";
import { visible } from "@/ui/visible";

/** The tail tells two jobs apart: a UUIDv7 begins with the time. */
export function idTail(id: string): string {
  return `…${id.slice(-6)}`;
}

/** 'ConnectTimeout: hooks.example.org did not answer in 30 s', on one line. */
export function errorLine(error: { type: string; message: string } | null): string {
  if (!error) return "";
  const text = error.message ? `${error.type}: ${error.message}` : error.type;
  return visible(text.replace(/\s+/g, " "));
}

/** What is worth saying beside the kind: the error, the progress, or how it was cancelled. */
export function rowNote(job: JobSummary): { text: string; bad: boolean } {
  if (job.state === "failed") return { text: errorLine(job.error), bad: true };
  if (job.state === "retrying") return { text: errorLine(job.error), bad: false };
  if (job.state === "running") {
    const said = [job.cancel_requested && "stopping", job.progress?.message].filter(Boolean);
    return { text: visible(said.join(" · ")), bad: false };
  }
  if (job.state !== "cancelled") return { text: "", bad: false };
  const took = tookMs(job, 0);
  return { text: took === null ? "before it started" : `after ${duration(took)}`, bad: false };
}

/** When it runs, or ran last; null for one that was ended before its time came. */
export function runAt(job: JobSummary): string | null {
  const wasToCome = job.finished_at !== null && Date.parse(job.run_at) > Date.parse(job.finished_at);
  return wasToCome ? job.started_at : job.run_at;
}

/** How long the last run took, or takes until `now`; null before the first and while it waits for another. */
export function tookMs(job: JobSummary, now: number): number | null {
  if (!job.started_at) return null;
  const start = Date.parse(job.started_at);
  if (job.finished_at) return Math.max(0, Date.parse(job.finished_at) - start);
  return job.state === "running" ? Math.max(0, now - start) : null;
}

/** '64 %', never 100 before it is done. */
export function percent(fraction: number): string {
  return `${Math.floor(Math.min(1, Math.max(0, fraction)) * 100)}${NBSP}%`;
}

/** A limit that somebody set, in the unit that fits: '15 min', '1 h', '90 s'. */
export function limitText(seconds: number): string {
  if (seconds >= 3_600 && seconds % 3_600 === 0) return `${seconds / 3_600}${NBSP}h`;
  if (seconds >= 120 && seconds % 60 === 0) return `${seconds / 60}${NBSP}min`;
  return `${seconds}${NBSP}s`;
}

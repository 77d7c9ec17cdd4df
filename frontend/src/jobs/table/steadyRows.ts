// No row moves under the cursor: what would come in between is held back and counted, until somebody asks for it.
import { matches } from "@/api/jobs";
import type { JobFilters, JobSummary } from "@/api/types";

export interface SteadyRows {
  rows: JobSummary[];
  /** Jobs that belong here and are not shown. */
  waiting: number;
}

/**
 * `listed` is what the server's list has now, newest first; `known` the ids shown so far. Rows that follow the last known
 * one are the next page; those before it came in since.
 */
export function steadyRows(
  listed: readonly JobSummary[],
  known: ReadonlySet<string>,
  heard: readonly JobSummary[],
  filters: JobFilters,
  hasMore: boolean,
): SteadyRows {
  const unique = [...new Map(listed.map((job) => [job.id, job])).values()];
  const lastKnown = unique.findLastIndex((job) => known.has(job.id));
  const rows = unique.filter((job, index) => index > lastKnown || known.has(job.id));
  const shown = new Set(rows.map((job) => job.id));
  const waiting = new Set(unique.filter((job) => !shown.has(job.id)).map((job) => job.id));
  const oldest = unique.at(-1)?.id ?? "";
  for (const job of heard) {
    // A UUIDv7 begins with its time: one that is older than the list so far comes with a later page.
    const reached = !hasMore || job.id > oldest;
    if (reached && !shown.has(job.id) && matches(job, filters)) waiting.add(job.id);
  }
  return { rows, waiting: waiting.size };
}

// No row moves under the cursor: what would come in between is held back and counted, until somebody asks for it.
import { matches } from "@/api/jobs";
import type { JobFilters, JobOrder, JobSummary } from "@/api/types";

export interface ListPlace {
  order: JobOrder;
  /** The list goes on after what is known of it. */
  hasMore: boolean;
}

export interface Shown {
  rows: JobSummary[];
  /** The ids of `rows`. */
  ids: ReadonlySet<string>;
  /** Ids of jobs that the server's list has and that are not shown. */
  held: ReadonlySet<string>;
  /** The id that the list ends with so far. */
  last: string;
}

/**
 * `listed` is what the server's list has now, in its order; `known` the ids shown so far. Rows that follow the last known
 * one are the next page; those before it came in since.
 */
export function rowsShown(listed: readonly JobSummary[], known: ReadonlySet<string>): Shown {
  const unique = [...new Map(listed.map((job) => [job.id, job])).values()];
  const lastKnown = unique.findLastIndex((job) => known.has(job.id));
  const rows = unique.filter((job, index) => index > lastKnown || known.has(job.id));
  const ids = new Set(rows.map((job) => job.id));
  const held = new Set<string>();
  for (const { id } of unique) if (!ids.has(id)) held.add(id);
  return { rows, ids, held, last: unique.at(-1)?.id ?? "" };
}

/** How many jobs belong here and are not shown: those held back, and those that events told of and no list has yet. */
export function countWaiting(
  { ids, held, last }: Shown,
  heard: readonly JobSummary[],
  filters: JobFilters,
  { order, hasMore }: ListPlace,
): number {
  let waiting = held.size;
  for (const job of heard) {
    if (ids.has(job.id) || held.has(job.id)) continue;
    if (isReached(job.id, last, order, hasMore) && matches(job, filters)) waiting += 1;
  }
  return waiting;
}

/** Whether it stands before the end of what is known of the list, and does not come with a later page. */
function isReached(id: string, last: string, order: JobOrder, hasMore: boolean): boolean {
  // Which is next is not told by an id.
  if (!hasMore || order === "next") return true;
  // A UUIDv7 begins with its time.
  return order === "newest" ? id > last : id < last;
}

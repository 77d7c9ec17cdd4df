// Changes of many jobs in one call: of named ones, or of all that a filter names. Over 1,000 the server goes on by itself.
import { answer, api } from "./client";
import type { BulkBody, JobFilters, Operation } from "./types";

export type BulkVerb = Operation["verb"];
export interface Tally {
  changed: number;
  skipped: number;
}
export type BulkAnswer = Tally | { operation: Operation };

/** The server takes this many ids in one call. */
const AT_ONCE = 1_000;

/** Does it to those of these jobs that can be, 1,000 at a time. `onPart` hears of each part that is done. */
export async function changeIds(
  verb: BulkVerb,
  ids: readonly string[],
  onPart: (done: Tally) => void = () => {},
): Promise<Tally> {
  const done: Tally = { changed: 0, skipped: 0 };
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    const told = await post(verb, { ids: ids.slice(start, start + AT_ONCE) });
    const part = "operation" in told ? told.operation : told;
    done.changed += part.changed;
    done.skipped += part.skipped;
    onPart({ ...done });
  }
  return done;
}

/** Does it to all jobs that the filter names and whose state allows it. Without any filter all of them are meant. */
export function changeMatching(verb: BulkVerb, filters: JobFilters): Promise<BulkAnswer> {
  const isAll = Object.keys(filters).length === 0;
  return post(verb, { filter: filters, ...(isAll ? { all: true } : {}) });
}

export function readOperation(id: string): Promise<Operation> {
  return answer(api.GET("/operations/{operation_id}", { params: { path: { operation_id: id } } }));
}

/** What it has done stays done. */
export function stopOperation(id: string): Promise<Operation> {
  return answer(api.POST("/operations/{operation_id}/cancel", { params: { path: { operation_id: id } } }));
}

const PATHS = { retry: "/jobs/retry", cancel: "/jobs/cancel", discard: "/jobs/discard" } as const;

function post(verb: BulkVerb, body: BulkBody): Promise<BulkAnswer> {
  return answer<BulkAnswer>(api.POST(PATHS[verb], { body }));
}

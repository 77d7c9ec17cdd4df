// The log of a job, read on from the last line that is known.
import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";
import { jobKeys } from "./jobKeys";
import type { LogLine } from "./types";

const PAGE = 200;
/** More than a person reads, and what a page can hold: the rest is told by the API. */
export const LINES_LIMIT = 10_000;
/** A line can be read within a second of being written. */
const TAIL_EVERY_MS = 1_000;

export interface JobLog {
  lines: readonly LogLine[];
  /** There are more than are read. */
  cut: boolean;
}

const NOTHING: JobLog = { lines: [], cut: false };

/** All lines so far; while the job runs (`tail`) it is asked for new ones each second. */
export function jobLogs(id: string, tail: boolean) {
  return queryOptions({
    queryKey: jobKeys.logs(id),
    queryFn: async ({ client, signal, queryKey }): Promise<JobLog> => {
      let log = client.getQueryData<JobLog>(queryKey) ?? NOTHING;
      for (;;) {
        const after = log.lines.at(-1)?.id;
        const query = { limit: PAGE, ...(after === undefined ? {} : { after }) };
        const page = await answer(
          api.GET("/jobs/{job_id}/logs", { params: { path: { job_id: id }, query }, signal }),
        );
        // The same object when nothing came: nothing is drawn anew.
        if (page.items.length > 0) log = { lines: [...log.lines, ...page.items], cut: false };
        if (page.next_cursor === null) return log;
        if (log.lines.length >= LINES_LIMIT) return { ...log, cut: true };
      }
    },
    // Lines are only added, and ten thousand are much to compare.
    structuralSharing: false,
    refetchInterval: tail ? TAIL_EVERY_MS : false,
  });
}

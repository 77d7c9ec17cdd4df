import {
  type InfiniteData,
  skipToken,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { jobKeys, jobsList, PAGE_SIZE } from "@/api/jobs";
import type { JobPage, JobSummary } from "@/api/types";
import type { JobsSearch } from "./filters";
import { steadyRows } from "./steadyRows";

const NONE: readonly JobSummary[] = [];

/** The table's rows: pages of the server's list, steady under the cursor, and how many wait to be shown. */
export function useJobRows(filters: JobsSearch) {
  const queryClient = useQueryClient();
  const list = useInfiniteQuery(jobsList(filters));
  const heard = useQuery<JobSummary[]>({ queryKey: jobKeys.heard, queryFn: skipToken }).data ?? NONE;
  const key = JSON.stringify(filters);
  const [known, setKnown] = useState({ key, ids: new Set<string>() });
  const ids = known.key === key ? known.ids : null;

  const { rows, waiting } = useMemo(
    () =>
      steadyRows(
        list.data?.pages.flatMap((page) => page.items) ?? [],
        ids ?? new Set(),
        list.data ? heard : NONE,
        filters,
        list.hasNextPage,
      ),
    [list.data, ids, heard, filters, list.hasNextPage],
  );

  useEffect(() => {
    if (ids && rows.every((job) => ids.has(job.id))) return;
    setKnown({ key, ids: new Set([...(ids ?? []), ...rows.map((job) => job.id)]) });
  }, [ids, rows, key]);

  const showWaiting = async () => {
    const queryKey = jobKeys.list(filters, PAGE_SIZE);
    // Back to the first page: what came in since may be more than one page, and the rest is read again on the way down.
    queryClient.setQueryData<InfiniteData<JobPage>>(
      queryKey,
      (data) => data && { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) },
    );
    await list.refetch();
    queryClient.setQueryData<JobSummary[]>(jobKeys.heard, []);
    setKnown({ key, ids: new Set() });
  };
  return { list, rows, waiting, showWaiting };
}

import {
  type InfiniteData,
  skipToken,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useEffect, useEffectEvent, useMemo, useState } from "react";
import { jobKeys, jobsList, PAGE_SIZE } from "@/api/jobs";
import type { JobFilters, JobOrder, JobPage, JobSummary } from "@/api/types";
import { PAGES_TO_READ_ANEW } from "@/live/poll";
import { tellFailed } from "../notices";
import { countWaiting, rowsShown } from "./steadyRows";
import { useReadMissed } from "./useReadMissed";

const isShort = ({ state }: { state: { data?: InfiniteData<JobPage> | undefined } }) =>
  (state.data?.pages.length ?? 0) <= PAGES_TO_READ_ANEW;

const NONE: readonly JobSummary[] = [];

/** The table's rows: pages of the server's list, steady under the cursor, and how many wait to be shown. */
export function useJobRows(filters: JobFilters, order: JobOrder) {
  const queryClient = useQueryClient();
  const list = useInfiniteQuery({
    ...jobsList(filters, { order }),
    refetchOnMount: isShort,
    refetchOnWindowFocus: isShort,
    refetchOnReconnect: isShort,
  });
  const heard = useQuery<JobSummary[]>({ queryKey: jobKeys.heard, queryFn: skipToken }).data ?? NONE;
  const key = JSON.stringify([filters, order]);
  const [known, setKnown] = useState({ key, ids: new Set<string>() });
  const ids = known.key === key ? known.ids : null;

  const shown = useMemo(
    () => rowsShown(list.data?.pages.flatMap((page) => page.items) ?? [], ids ?? new Set()),
    [list.data, ids],
  );
  // Apart from the rows, which stay the same while events tell of others.
  const waiting = useMemo(
    () => (list.data ? countWaiting(shown, heard, filters, { order, hasMore: list.hasNextPage }) : 0),
    [list.data, shown, heard, filters, order, list.hasNextPage],
  );
  const { rows } = shown;

  useEffect(() => {
    if (ids && rows.every((job) => ids.has(job.id))) return;
    setKnown({ key, ids: new Set([...(ids ?? []), ...rows.map((job) => job.id)]) });
  }, [ids, rows, key]);

  const showWaiting = async () => {
    const queryKey = jobKeys.list(filters, PAGE_SIZE, order);
    // What is heard of from here on may not be in the answer.
    const asked = new Set(heard.map(({ id }) => id));
    // Back to the first page: what came in since may be more than one page, and the rest is read again on the way down.
    queryClient.setQueryData<InfiniteData<JobPage>>(
      queryKey,
      (data) => data && { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) },
    );
    const { isError, error } = await list.refetch();
    if (isError) {
      tellFailed("The new jobs could not be read", error);
      return;
    }
    queryClient.setQueryData<JobSummary[]>(jobKeys.heard, (now) => now?.filter(({ id }) => !asked.has(id)));
    setKnown({ key, ids: new Set() });
  };
  // Where nothing is shown there is nothing to keep steady, and 'nothing yet' beside '1 new' is no answer.
  const showAtOnce = useEffectEvent(() => void showWaiting());
  const empty = rows.length === 0 && waiting > 0;
  useEffect(() => {
    if (empty) showAtOnce();
  }, [empty]);
  return { list, rows, waiting, showWaiting, readMissed: useReadMissed(filters, order, shown.ids) };
}

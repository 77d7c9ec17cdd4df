import type { QueryClient } from "@tanstack/react-query";
import { jobCounts, jobsList } from "@/api/jobs";
import { filtersOf, type JobsSearch } from "./filters";

/** Asks for what the jobs table will show, before it is there to ask: on a first visit its script is still on its way. */
export function readAhead(queryClient: QueryClient, search: JobsSearch): void {
  const filters = filtersOf(search, Date.now());
  const list = jobsList(filters, search.order ? { order: search.order } : {});
  // A list that is there may have been scrolled far: the table knows when it is worth reading anew.
  if (!queryClient.getQueryData(list.queryKey)) void queryClient.prefetchInfiniteQuery(list);
  const { state: _state, ...others } = filters;
  void queryClient.prefetchQuery(jobCounts(others));
}

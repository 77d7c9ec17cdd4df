// The list that somebody came from, so that a job's page leads on to the next one and back to the same filters.
import { type QueryClient, skipToken, useQuery, useQueryClient } from "@tanstack/react-query";
import type { JobsSearch } from "./table/filters";

export interface Trail {
  search: JobsSearch;
  /** In the order on screen. */
  ids: readonly string[];
}

/** In the query cache, which is emptied when another user signs in. Not below "jobs": nothing of it is ever read anew. */
const KEY = ["jobs-trail"] as const;

export function leaveTrail(queryClient: QueryClient, trail: Trail): void {
  queryClient.setQueryData<Trail>(KEY, trail);
}

export interface Place {
  search: JobsSearch;
  previous: string | undefined;
  next: string | undefined;
  /** From 1; 0 for a job that was not in the list. */
  number: number;
  of: number;
}

/** Where this job stands in the list that was looked at last. */
export function usePlace(id: string): Place {
  const trail = useQuery<Trail>({ queryKey: KEY, queryFn: skipToken }).data;
  const index = trail?.ids.indexOf(id) ?? -1;
  if (!trail || index < 0) return { search: {}, previous: undefined, next: undefined, number: 0, of: 0 };
  return {
    search: trail.search,
    previous: trail.ids[index - 1],
    next: trail.ids[index + 1],
    number: index + 1,
    of: trail.ids.length,
  };
}

/** After a job was discarded: it is no place any more. */
export function useLeaveOut(): (id: string) => void {
  const queryClient = useQueryClient();
  return (id) =>
    queryClient.setQueryData<Trail>(
      KEY,
      (trail) => trail && { ...trail, ids: trail.ids.filter((one) => one !== id) },
    );
}

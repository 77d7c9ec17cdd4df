// What the page asks about jobs, and under which key each answer is cached. Every key begins with "jobs":
// live/applyJobEvents.ts writes into these entries, and nothing else needs to know where a job is kept.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answer, api, exactAnswer } from "./client";
import { withNewerEvents } from "./jobCache";
import type { Job, JobFilters, JobPage, JobQuery, JobSummary, KindPage } from "./types";

export const PAGE_SIZE = 50;
/** One page at its longest: 100 attempts is the most that a job may be given, and some runs do not count. */
const ATTEMPTS_SHOWN = 200;

/** How a query follows the socket: `refetch` = ask again, once a second at most, when jobs came or changed state. */
declare module "@tanstack/react-query" {
  interface Register {
    queryMeta: { live?: "refetch" };
  }
}

export const jobKeys = {
  all: ["jobs"] as const,
  lists: ["jobs", "list"] as const,
  list: (filters: JobFilters, limit: number) => ["jobs", "list", filters, limit] as const,
  counts: (filters: JobFilters) => ["jobs", "counts", filters] as const,
  detail: (id: string) => ["jobs", "detail", id] as const,
  attempts: (id: string) => ["jobs", "attempts", id] as const,
  /** Jobs that events told of lately, as they are now: those that a table does not have yet are its '3 new'. */
  heard: ["jobs", "heard"] as const,
};

/**
 * The jobs table, page by page. Rows that change are changed in place, new ones are not put in (no row moves under the
 * cursor): they wait in `jobKeys.heard`. With `live: "refetch"` the list is read anew instead: for short ones, as on the
 * overview.
 */
export function jobsList(filters: JobFilters, { limit = PAGE_SIZE, live }: ListOptions = {}) {
  return infiniteQueryOptions({
    queryKey: jobKeys.list(filters, limit),
    queryFn: async ({ pageParam, signal }): Promise<JobPage> => {
      const asked = performance.now();
      const query: JobQuery = { ...filters, limit, ...(pageParam === null ? {} : { cursor: pageParam }) };
      const page = await answer(api.GET("/jobs", { params: { query }, signal }));
      return { ...page, items: page.items.map((job) => withNewerEvents(job, asked)) };
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    ...(live ? { meta: { live } } : {}),
  });
}

interface ListOptions {
  limit?: number;
  live?: "refetch";
}

/** How many jobs are in each state. */
export function jobCounts(filters: JobFilters = {}) {
  return queryOptions({
    queryKey: jobKeys.counts(filters),
    queryFn: ({ signal }) => answer(api.GET("/jobs/counts", { params: { query: filters }, signal })),
    meta: { live: "refetch" },
  });
}

export function jobDetail(id: string) {
  return queryOptions({
    queryKey: jobKeys.detail(id),
    queryFn: async ({ signal }): Promise<Job> => {
      const asked = performance.now();
      return withNewerEvents(await fetchJob(id, signal), asked);
    },
  });
}

export function jobAttempts(id: string) {
  return queryOptions({
    queryKey: jobKeys.attempts(id),
    queryFn: ({ signal }) =>
      answer(
        api.GET("/jobs/{job_id}/attempts", {
          params: { path: { job_id: id }, query: { limit: ATTEMPTS_SHOWN } },
          signal,
        }),
      ),
  });
}

/** What a job can do. Changes only with a release or when workers come and go. */
export function kinds() {
  return queryOptions({
    queryKey: ["kinds"] as const,
    queryFn: ({ signal }) => exactAnswer<KindPage>(api.GET("/kinds", { signal, parseAs: "text" })),
    staleTime: 30_000,
  });
}

export function fetchJob(id: string, signal?: AbortSignal): Promise<Job> {
  return exactAnswer(
    api.GET("/jobs/{job_id}", {
      params: { path: { job_id: id } },
      parseAs: "text",
      ...(signal ? { signal } : {}),
    }),
  );
}

/** Whether a job belongs in a list with these filters. */
export function matches(job: JobSummary, filters: JobFilters): boolean {
  const { state, priority, kind, queue, tag } = filters;
  return (
    isOneOf(job.state, state) &&
    isOneOf(job.priority, priority) &&
    isOneOf(job.kind, kind) &&
    isOneOf(job.queue, queue) &&
    (!tag?.length || tag.some((wanted) => job.tags.includes(wanted)))
  );
}

function isOneOf<T>(value: T, wanted: readonly T[] | null | undefined): boolean {
  return !wanted?.length || wanted.includes(value);
}

// What the page asks about jobs.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answer, api, exactAnswer } from "./client";
import { keepNewer, type ReadPage, type ReadPages } from "./jobCache";
import { jobKeys } from "./jobKeys";
import { heardSince, withNewerEvents } from "./recentJobs";
import type { ErrorGroup, Job, JobFilters, JobOrder, JobQuery, JobSummary, KindPage } from "./types";

export { jobKeys } from "./jobKeys";

export const PAGE_SIZE = 50;
/** One page at its longest: of runs that did not complete the server keeps 40, and tells two events of each. */
const STORY_SHOWN = 200;
/** One page of groups at its longest: more kinds of failure than that are no list that a person works through. */
const GROUPS_SHOWN = 200;
/** A place in line moves on without a word about this job. */
const WHY_EVERY_MS = 10_000;

/** How a query follows the socket: ask again when jobs came or changed state, once a second at most; slowly: once in 5 s. */
declare module "@tanstack/react-query" {
  interface Register {
    queryMeta: { live?: "refetch" | "refetch-slowly" };
  }
}

/**
 * The jobs table, page by page. Rows that change are changed in place, new ones are not put in (no row moves under the
 * cursor): they wait in `jobKeys.heard`. With `live: "refetch"` the list is read anew instead: for short ones, as on the
 * overview.
 */
export function jobsList(
  filters: JobFilters,
  { limit = PAGE_SIZE, order = "newest", live }: ListOptions = {},
) {
  return infiniteQueryOptions({
    queryKey: jobKeys.list(filters, limit, order),
    queryFn: ({ pageParam, signal }) => readJobs(filters, { limit, order, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    structuralSharing: (cached, read) => keepNewer(cached as ReadPages | undefined, read as ReadPages),
    ...(live ? { meta: { live } } : {}),
  });
}

/** A page of jobs; what was told since it was asked for is in it too. */
export async function readJobs(
  filters: JobFilters,
  { limit, order, cursor }: { limit: number; order: JobOrder; cursor: string | null },
  signal?: AbortSignal,
): Promise<ReadPage> {
  const readAt = performance.now();
  const query: JobQuery = {
    ...filters,
    limit,
    ...(order === "newest" ? {} : { order }),
    ...(cursor === null ? {} : { cursor }),
  };
  const page = await answer(api.GET("/jobs", { params: { query }, ...(signal ? { signal } : {}) }));
  return { ...page, items: heardSince(page.items, readAt), readAt, edition: 0 };
}

interface ListOptions {
  limit?: number;
  order?: JobOrder;
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
          params: { path: { job_id: id }, query: { limit: STORY_SHOWN } },
          signal,
        }),
      ),
  });
}

/** The timeline: what happened to the job, oldest first, and who did it. */
export function jobEvents(id: string) {
  return queryOptions({
    queryKey: jobKeys.events(id),
    queryFn: ({ signal }) =>
      answer(
        api.GET("/jobs/{job_id}/events", {
          params: { path: { job_id: id }, query: { limit: STORY_SHOWN } },
          signal,
        }),
      ),
  });
}

/** Why a job is not running now: only worth asking while it waits. */
export function jobWhy(id: string) {
  return queryOptions({
    queryKey: jobKeys.why(id),
    queryFn: ({ signal }) =>
      answer(api.GET("/jobs/{job_id}/why", { params: { path: { job_id: id } }, signal })),
    refetchInterval: WHY_EVERY_MS,
    meta: { live: "refetch" },
  });
}

/** The group of failures that a failed job belongs to, with how many there are now; null when it has none. */
export function jobErrorGroup(id: string) {
  return queryOptions({
    queryKey: jobKeys.errorGroup(id),
    queryFn: async ({ signal }): Promise<ErrorGroup | null> => {
      const group = async (query: JobFilters) => {
        const page = await answer(
          api.GET("/jobs/errors", { params: { query: { ...query, limit: 1 } }, signal }),
        );
        return page.items[0] ?? null;
      };
      // A job does not say which; a search by its whole id finds the group of it alone.
      const own = await group({ q: id });
      return own?.fingerprint ? await group({ fingerprint: [own.fingerprint], kind: [own.kind] }) : own;
    },
  });
}

/** The payload with its secret fields. The server writes down that they were looked at: nothing of it is cached. */
export async function revealPayload(id: string): Promise<Job["payload"]> {
  const params = { path: { job_id: id }, query: { reveal: true } };
  const job = await exactAnswer<Job>(api.GET("/jobs/{job_id}", { params, parseAs: "text" }));
  return job.payload;
}

/** The largest groups of failed jobs that failed the same way, among the newest 2,000. */
export function jobErrors(filters: JobFilters = {}) {
  return queryOptions({
    queryKey: jobKeys.errors(filters),
    queryFn: ({ signal }) =>
      answer(api.GET("/jobs/errors", { params: { query: { ...filters, limit: GROUPS_SHOWN } }, signal })),
    // Up to 2,000 failures are put together for each answer.
    meta: { live: "refetch-slowly" },
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

/** Whether a job belongs in a list with these filters, as far as its row tells: not which error it shares with others. */
export function matches(job: JobSummary, filters: JobFilters): boolean {
  const { state, priority, kind, queue, tag, batch_id: batch, schedule_id: schedule } = filters;
  return (
    !filters.fingerprint?.length &&
    isOneOf(job.state, state) &&
    isOneOf(job.priority, priority) &&
    isOneOf(job.kind, kind) &&
    isOneOf(job.queue, queue) &&
    isOneOf(job.batch_id, batch) &&
    isOneOf(job.schedule_id, schedule) &&
    (!tag?.length || tag.some((wanted) => job.tags.includes(wanted))) &&
    isBetween(job.created_at, filters.created_after, filters.created_before) &&
    isFoundBy(job, filters.q?.trim().toLowerCase())
  );
}

function isOneOf<T>(value: T, wanted: readonly T[] | null | undefined): boolean {
  return !wanted?.length || wanted.includes(value);
}

/** From the first time on, before the second. */
function isBetween(at: string, from?: string | null, before?: string | null): boolean {
  const time = Date.parse(at);
  return (!from || time >= Date.parse(from)) && (!before || time < Date.parse(before));
}

/** As the server searches: the beginning of the id, or part of the kind, a tag or the error's message. */
function isFoundBy(job: JobSummary, text: string | undefined): boolean {
  if (!text) return true;
  const parts = [job.kind, job.tags.join("\n"), job.error?.message ?? ""];
  return job.id.startsWith(text) || parts.some((part) => part.toLowerCase().includes(text));
}

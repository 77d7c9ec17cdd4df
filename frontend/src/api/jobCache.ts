// The one writer of jobs into the query cache: a job is in its own entry and in any number of lists.
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { jobKeys } from "./jobKeys";
import type { Job, JobPage, JobSummary } from "./types";

/** Jobs heard of lately, for answers that were under way at that time. */
const RECENT_LIMIT = 1_000;
const recent = new Map<string, { job: JobSummary; at: number }>();

/** Writes each job over what is cached of it, in place; what an event leaves out (payload, result) is kept. */
export function writeJobs(queryClient: QueryClient, jobs: ReadonlyMap<string, JobSummary>): void {
  for (const [id, job] of jobs) remember(id, job);
  // Few jobs have a page of their own, and hundreds are told of in a second.
  for (const [, own] of queryClient.getQueriesData<Job>({ queryKey: jobKeys.details })) {
    const job = own && jobs.get(own.id);
    if (job) queryClient.setQueryData<Job>(jobKeys.detail(job.id), (old) => old && { ...old, ...job });
  }
  queryClient.setQueriesData<InfiniteData<JobPage>>({ queryKey: jobKeys.lists }, (data) =>
    data ? replaceIn(data, jobs) : data,
  );
}

/** The cached state of a job, from its own entry or the first list that has it. */
export function cachedJob(queryClient: QueryClient, id: string): JobSummary | undefined {
  return jobFinder(queryClient)(id);
}

/** The same for many: the lists are looked up once. It knows what was cached when it was asked for. */
export function jobFinder(queryClient: QueryClient): (id: string) => JobSummary | undefined {
  const pages = queryClient
    .getQueriesData<InfiniteData<JobPage>>({ queryKey: jobKeys.lists })
    .flatMap(([, data]) => data?.pages ?? []);
  return (id) => {
    const own = queryClient.getQueryData<Job>(jobKeys.detail(id));
    if (own) return own;
    for (const page of pages) {
      const found = byId(page).get(id);
      if (found) return found;
    }
    return undefined;
  };
}

/** The jobs of which more is cached than a row: those whose page is, or was lately, open. */
export function shownJobs(queryClient: QueryClient): Set<string> {
  const cache = queryClient.getQueryCache();
  const entries = [jobKeys.details, jobKeys.stories].flatMap((queryKey) => cache.findAll({ queryKey }));
  return new Set(entries.map(({ queryKey }) => String(queryKey[2])));
}

/** Takes jobs that are no more out of every list, and forgets what is known of each. */
export function dropJobs(queryClient: QueryClient, ids: readonly string[]): void {
  const gone = new Set(ids);
  queryClient.setQueriesData<InfiniteData<JobPage>>({ queryKey: jobKeys.lists }, (data) => {
    if (!data?.pages.some((page) => ids.some((id) => byId(page).has(id)))) return data;
    const pages = data.pages.map((page) => ({
      ...page,
      items: page.items.filter(({ id }) => !gone.has(id)),
    }));
    return { ...data, pages };
  });
  queryClient.setQueryData<JobSummary[]>(jobKeys.heard, (old) => old?.filter(({ id }) => !gone.has(id)));
  for (const id of ids) {
    recent.delete(id);
    // A page that still shows it is about to be left: it must not say 'no such job' before.
    queryClient.removeQueries({ queryKey: jobKeys.detail(id), type: "inactive" });
    queryClient.removeQueries({ queryKey: jobKeys.story(id), type: "inactive" });
  }
}

/** Reads every list on screen from its first page on: more was changed in it than is told job by job. */
export async function readListsAnew(queryClient: QueryClient): Promise<void> {
  queryClient.setQueriesData<InfiniteData<JobPage>>({ queryKey: jobKeys.lists }, (data) =>
    data && data.pages.length > 1
      ? { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) }
      : data,
  );
  await queryClient.invalidateQueries({ queryKey: jobKeys.lists });
}

/** A page is replaced when a job in it changes: its index lives as long as it does, and 500 events a second find their rows. */
const indexes = new WeakMap<JobPage, ReadonlyMap<string, JobSummary>>();

function byId(page: JobPage): ReadonlyMap<string, JobSummary> {
  const known = indexes.get(page);
  if (known) return known;
  const index = new Map(page.items.map((job) => [job.id, job]));
  indexes.set(page, index);
  return index;
}

/** Every job that some list or page has at hand, each once. */
export function knownJobs(queryClient: QueryClient): JobSummary[] {
  const known = new Map<string, JobSummary>();
  for (const [, data] of queryClient.getQueriesData<InfiniteData<JobPage>>({ queryKey: jobKeys.lists })) {
    for (const job of data?.pages.flatMap((page) => page.items) ?? []) known.set(job.id, job);
  }
  for (const [, job] of queryClient.getQueriesData<Job>({ queryKey: jobKeys.details })) {
    if (job) known.set(job.id, job);
  }
  return [...known.values()];
}

/**
 * An answer may have been read before an event that came while it was on its way: the event wins then, or the page
 * would fall back to 'running' after it had shown 'completed'. `asked` is when the request began (performance.now()).
 */
export function withNewerEvents<T extends JobSummary>(job: T, asked: number): T {
  const heard = recent.get(job.id);
  return heard && heard.at > asked && !isOlder(heard.job, job) ? { ...job, ...heard.job } : job;
}

/**
 * Whether `a` is an earlier picture of the job than `b`. A claim moves `started_at` on, a retry by hand raises
 * `max_attempts`, and within one run an end comes after everything else.
 */
export function isOlder(a: JobSummary, b: JobSummary): boolean {
  if (a.started_at !== b.started_at) return (a.started_at ?? "") < (b.started_at ?? "");
  if (a.max_attempts !== b.max_attempts) return a.max_attempts < b.max_attempts;
  return a.finished_at === null && b.finished_at !== null;
}

/** For the end of a session: nothing of one user may be left for the next. */
export function forgetRecentJobs(): void {
  recent.clear();
}

function remember(id: string, job: JobSummary): void {
  recent.delete(id);
  recent.set(id, { job, at: performance.now() });
  if (recent.size > RECENT_LIMIT) recent.delete(recent.keys().next().value ?? id);
}

/** The same object when nothing in it changed, so that a list that does not have the job does not render again. */
function replaceIn(
  data: InfiniteData<JobPage>,
  jobs: ReadonlyMap<string, JobSummary>,
): InfiniteData<JobPage> {
  let touched = false;
  const ids = [...jobs.keys()];
  const pages = data.pages.map((page) => {
    const index = byId(page);
    if (!ids.some((id) => index.has(id))) return page;
    touched = true;
    return { ...page, items: page.items.map((job) => merge(job, jobs.get(job.id))) };
  });
  return touched ? { ...data, pages } : data;
}

function merge(old: JobSummary, job: JobSummary | undefined): JobSummary {
  return job ? { ...old, ...job } : old;
}

// The one writer of jobs into the query cache: a job is in its own entry and in any number of lists.
import { type InfiniteData, type QueryClient, replaceEqualDeep } from "@tanstack/react-query";
import { jobKeys } from "./jobKeys";
import { forget, forgetGone, heardSince, isHeardAfter, remember } from "./recentJobs";
import type { Job, JobPage, JobSummary } from "./types";

export { forgetRecentJobs, isHeardSince, isOlder, withNewerEvents } from "./recentJobs";

/** A page as it is cached: when it was asked for (performance.now()), and how often it was changed here since. */
export type ReadPage = JobPage & { readAt: number; edition: number };
export type ReadPages = InfiniteData<ReadPage, string | null>;

/**
 * Writes each job over what is cached of it, in place; what an event leaves out (payload, result) is kept. `asked`: when
 * the request began, where it is an answer that tells them.
 */
export function writeJobs(
  queryClient: QueryClient,
  jobs: ReadonlyMap<string, JobSummary>,
  asked = performance.now(),
): void {
  for (const [id, job] of jobs) remember(id, job, asked);
  writeOver(queryClient, jobs);
}

/**
 * Writes what these jobs will most likely be. Returns what takes it back, from the given place among them on, of those
 * that nothing was heard of since.
 */
export function guessJobs(
  queryClient: QueryClient,
  jobs: readonly JobSummary[],
  expect: (job: JobSummary) => JobSummary,
): (from?: number) => void {
  const cached = jobFinder(queryClient);
  const guesses = jobs.map((job) => {
    const before = cached(job.id) ?? job;
    return { before, guess: expect(before) };
  });
  const now = performance.now();
  for (const { guess } of guesses) remember(guess.id, guess, now, true);
  writeOver(queryClient, new Map(guesses.map(({ guess }) => [guess.id, guess])));
  return (from = 0) => {
    const current = jobFinder(queryClient);
    const back = new Map<string, Partial<JobSummary>>();
    for (const { before, guess } of guesses.slice(from)) {
      const shown = current(guess.id);
      if (!shown || isHeardAfter(guess.id, guess)) continue;
      forget(guess.id);
      const changed = (Object.keys(guess) as (keyof JobSummary)[]).filter(
        (key) => guess[key] !== before[key],
      );
      if (changed.some((key) => shown[key] !== guess[key])) continue;
      back.set(guess.id, Object.fromEntries(changed.map((key) => [key, before[key]])));
    }
    writeOver(queryClient, back);
  };
}

function writeOver(queryClient: QueryClient, jobs: ReadonlyMap<string, Partial<JobSummary>>): void {
  if (jobs.size === 0) return;
  // Few jobs have a page of their own, and hundreds are told of in a second.
  for (const [, own] of queryClient.getQueriesData<Job>({ queryKey: jobKeys.details })) {
    const job = own && jobs.get(own.id);
    if (job) queryClient.setQueryData<Job>(jobKeys.detail(own.id), (old) => old && { ...old, ...job });
  }
  queryClient.setQueriesData<ReadPages>({ queryKey: jobKeys.lists }, (data) =>
    data ? replaceIn(data, jobs) : data,
  );
}

/**
 * What becomes of a list when an answer comes. The pages that were there when it was asked for come with it as they were
 * then, and what happened since was written into the cache alone; a page that is new was read before some of it.
 */
export function keepNewer(cached: ReadPages | undefined, answer: ReadPages): ReadPages {
  const pages = answer.pages.map((page, nth) => {
    const same = cached && cached.pageParams[nth] === answer.pageParams[nth] ? cached.pages[nth] : undefined;
    if (same === page) return page;
    if (same?.readAt === page.readAt) return same.edition > page.edition ? same : page;
    if (same && same.readAt > page.readAt) return same;
    // Rows that are as they were stay the same objects, and are not drawn anew.
    return replaceEqualDeep(cached?.pages[nth], { ...page, items: heardSince(page.items, page.readAt) });
  });
  return { ...answer, pages };
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
  const own = new Map(
    queryClient.getQueriesData<Job>({ queryKey: jobKeys.details }).map(([, job]) => [job?.id, job]),
  );
  // Jobs that stand together are told of together: of two hundred pages the first looked at is mostly the one.
  let last = 0;
  return (id) => {
    const job = own.get(id);
    if (job) return job;
    for (let looked = 0; looked < pages.length; looked += 1) {
      const nth = (last + looked) % pages.length;
      const page = pages[nth];
      const found = page && byId(page).get(id);
      if (!found) continue;
      last = nth;
      return found;
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
  forgetGone(ids);
  const gone = new Set(ids);
  queryClient.setQueriesData<ReadPages>({ queryKey: jobKeys.lists }, (data) =>
    data ? changeIn(data, gone, (items) => items.filter(({ id }) => !gone.has(id))) : data,
  );
  queryClient.setQueryData<JobSummary[]>(jobKeys.heard, (old) => old?.filter(({ id }) => !gone.has(id)));
  for (const id of ids) {
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

/** The same object when nothing in it changed, so that a list that does not have the job does not render again. */
function replaceIn(data: ReadPages, jobs: ReadonlyMap<string, Partial<JobSummary>>): ReadPages {
  const merged = (job: JobSummary) => {
    const told = jobs.get(job.id);
    return told ? { ...job, ...told } : job;
  };
  return changeIn(data, jobs, (items) => items.map(merged));
}

/** Changes the pages that have one of these jobs. */
function changeIn(
  data: ReadPages,
  ids: ReadonlySet<string> | ReadonlyMap<string, unknown>,
  change: (items: JobSummary[]) => JobSummary[],
): ReadPages {
  let touched = false;
  const pages = data.pages.map((page) => {
    if (!hasOne(page, ids)) return page;
    touched = true;
    return { ...page, items: change(page.items), edition: page.edition + 1 };
  });
  return touched ? { ...data, pages } : data;
}

/** Few jobs are looked up in the page, and of many each row of it among them. */
function hasOne(page: JobPage, ids: ReadonlySet<string> | ReadonlyMap<string, unknown>): boolean {
  if (ids.size > page.items.length) return page.items.some(({ id }) => ids.has(id));
  const index = byId(page);
  for (const id of ids.keys()) if (index.has(id)) return true;
  return false;
}

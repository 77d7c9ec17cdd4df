// What a long list may show too old, after more happened than was told.
import type { QueryClient } from "@tanstack/react-query";
import { ApiError } from "@/api/ApiError";
import { dropJobs, isHeardSince, type ReadPage, type ReadPages, writeJobs } from "@/api/jobCache";
import { fetchJob, jobKeys, PAGE_SIZE, readJobs } from "@/api/jobs";
import { withNewerEvents } from "@/api/recentJobs";
import type { JobFilters, JobOrder, JobSummary } from "@/api/types";
import { PAGES_TO_READ_ANEW } from "@/live/poll";

/** After a failure it asks again by itself. */
const REST_MS = 5_000;
/** So many pages of jobs that came in since are read to get to the rows that are shown. */
const PAGES_DOWN = 4;
/** Rows that are no longer where they were are read one by one, so many at a time. */
const JOBS_AT_ONCE = 5;

export interface Looked {
  /** Pages that were asked for before this (performance.now()) may be old. */
  missedAt: number;
  /** The rows that are looked at, and all that are shown. */
  inSight: ReadonlySet<string>;
  shown: ReadonlySet<string>;
}

/** Reads anew the pages that are looked at, and the first one, where new jobs come in. Rows change in place. */
export class MissedRows {
  readonly #queryClient: QueryClient;
  readonly #filters: JobFilters;
  readonly #order: JobOrder;
  #looked: Looked = { missedAt: 0, inSight: new Set(), shown: new Set() };
  #reading: AbortController | null = null;
  #rest: ReturnType<typeof setTimeout> | null = null;

  constructor(queryClient: QueryClient, filters: JobFilters, order: JobOrder) {
    this.#queryClient = queryClient;
    this.#filters = filters;
    this.#order = order;
  }

  /** To be told whenever it is another place, or more was missed. */
  look(looked: Looked): void {
    this.#looked = looked;
    if (this.#reading === null && this.#rest === null) void this.#read();
  }

  stop(): void {
    this.#reading?.abort();
    this.#reading = null;
    if (this.#rest !== null) clearTimeout(this.#rest);
    this.#rest = null;
  }

  /** One page after the other, each once: a page that was read is no longer old. */
  async #read(): Promise<void> {
    const reading = new AbortController();
    this.#reading = reading;
    try {
      for (let old = this.#oldPage(); old; old = this.#oldPage()) await this.#settle(old, reading.signal);
    } catch {
      if (reading.signal.aborted) return;
      this.#rest = setTimeout(() => {
        this.#rest = null;
        void this.#read();
      }, REST_MS);
    } finally {
      if (this.#reading === reading) this.#reading = null;
    }
  }

  #oldPage(): OldPage | undefined {
    const { missedAt, inSight } = this.#looked;
    const data = this.#queryClient.getQueryData<ReadPages>(this.#queryKey);
    // A shorter one is read anew as a whole: see live/poll.ts.
    if (!data || data.pages.length <= PAGES_TO_READ_ANEW) return undefined;
    const index = data.pages.findIndex(
      ({ readAt, items }, nth) => readAt < missedAt && (nth === 0 || items.some(({ id }) => inSight.has(id))),
    );
    const page = data.pages[index];
    return page && { page, cursor: data.pageParams[index] ?? null };
  }

  /** The page counts as read when each of its rows is known anew, also those that the answer does not have. */
  async #settle({ page, cursor }: OldPage, signal: AbortSignal): Promise<void> {
    const { missedAt, shown } = this.#looked;
    const unsure = () => page.items.filter(({ id }) => shown.has(id) && !isHeardSince(id, missedAt));
    const goesOn = cursor === null && this.#order === "newest";
    const first = await this.#readPage(cursor, signal);
    const found = [...first.items];
    let last = first;
    for (let pages = 1; goesOn && pages < PAGES_DOWN; pages += 1) {
      const end = last.items.at(-1)?.id;
      // A UUIDv7 begins with its time.
      if (last.next_cursor === null || !unsure().some(({ id }) => end === undefined || id < end)) break;
      last = await this.#readPage(last.next_cursor, signal);
      found.push(...last.items);
    }
    const rest = unsure();
    for (let from = 0; from < rest.length; from += JOBS_AT_ONCE) {
      await Promise.all(rest.slice(from, from + JOBS_AT_ONCE).map(({ id }) => this.#readJob(id, signal)));
    }
    const read = { cursor, found, added: goesOn, readAt: first.readAt, shown };
    this.#queryClient.setQueryData<ReadPages>(this.#queryKey, (now) => now && withRead(now, read));
  }

  async #readPage(cursor: string | null, signal: AbortSignal): Promise<ReadPage> {
    const asked = { limit: PAGE_SIZE, order: this.#order, cursor };
    const page = await readJobs(this.#filters, asked, signal);
    writeJobs(this.#queryClient, new Map(page.items.map((job) => [job.id, job])), page.readAt);
    return page;
  }

  async #readJob(id: string, signal: AbortSignal): Promise<void> {
    const asked = performance.now();
    try {
      // A row has neither.
      const { payload: _payload, result: _result, ...job } = await fetchJob(id, signal);
      writeJobs(this.#queryClient, new Map([[id, withNewerEvents(job, asked)]]), asked);
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
      dropJobs(this.#queryClient, [id]);
    }
  }

  get #queryKey() {
    return jobKeys.list(this.#filters, PAGE_SIZE, this.#order);
  }
}

interface OldPage {
  page: ReadPage;
  cursor: string | null;
}

interface Read {
  cursor: string | null;
  found: readonly JobSummary[];
  /** Jobs that came in since stand before the others, where the table holds them back. */
  added: boolean;
  readAt: number;
  shown: ReadonlySet<string>;
}

/** Notes that this page is no longer old. What was held back and is not in the list any more goes. */
function withRead(data: ReadPages, { cursor, found, added, readAt, shown }: Read): ReadPages {
  const listed = new Set(found.map(({ id }) => id));
  const known = new Set(data.pages.flatMap((page) => page.items.map(({ id }) => id)));
  const fresh = added ? found.filter(({ id }) => !known.has(id)) : [];
  const index = data.pageParams.indexOf(cursor);
  const pages = data.pages.map((page, nth) => {
    if (nth !== index) return page;
    const kept = page.items.filter(({ id }) => shown.has(id) || listed.has(id));
    return { ...page, items: [...fresh, ...kept], readAt, edition: page.edition + 1 };
  });
  return { ...data, pages };
}

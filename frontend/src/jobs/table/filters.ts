// What the jobs table is narrowed by. It lives in the URL: a filtered table can be sent to somebody, and Back works.
import type { JobFilters, JobState, Priority } from "@/api/types";
import { NBSP } from "@/ui/time";
import { visible } from "@/ui/visible";
import { STATE_META, STATES } from "../stateMeta";

export const PRIORITIES: readonly Priority[] = ["high", "medium", "low"];
/** What can be picked in the form. */
export const FIELDS = ["state", "priority", "kind", "queue", "tag"] as const;
/** What only a link leads to: nobody types an id. */
const LINKED = ["batch_id", "schedule_id", "fingerprint"] as const;
export const ALL_FIELDS = [...FIELDS, ...LINKED] as const;
/** More values than this in one filter the server refuses, and the URL has an end. */
const VALUES_LIMIT = 20;
const LENGTH_LIMIT = 64;
const TEXT_LIMIT = 200;

/** How far back, counted from the moment that one looks: a saved view of the last day stays one. */
export const SINCE = {
  "1h": { word: `1${NBSP}h`, seconds: 3_600 },
  "24h": { word: `24${NBSP}h`, seconds: 86_400 },
  "7d": { word: "7 days", seconds: 7 * 86_400 },
  "30d": { word: "30 days", seconds: 30 * 86_400 },
} as const;

/** The newest first is no word in the URL: it is what one gets. */
export const ORDERS = {
  newest: {
    word: "Newest first",
    foot: "Newest first: rows stay where they are until you ask for the new ones",
  },
  oldest: { word: "Oldest first", foot: "Oldest first" },
  next: { word: "Next to run", foot: "Those that wait, in the order in which they will run" },
} as const;
/** What can stand in the order in which jobs will run. */
const WAITING: readonly JobState[] = ["scheduled", "pending", "retrying"];

export type Order = keyof typeof ORDERS;
export type Since = keyof typeof SINCE;
export type FormField = (typeof FIELDS)[number];
export type FilterField = (typeof ALL_FIELDS)[number];
export interface JobsSearch {
  state?: JobState[];
  priority?: Priority[];
  kind?: string[];
  queue?: string[];
  tag?: string[];
  batch_id?: string[];
  schedule_id?: string[];
  fingerprint?: string[];
  /** Text to look for, as the server does: the beginning of an id, part of a kind, a tag or an error. */
  q?: string;
  since?: Since;
  /** RFC 3339, and only without `since`. */
  created_after?: string;
  created_before?: string;
  order?: Exclude<Order, "newest">;
}

export const FIELD_WORD: Record<FilterField, string> = {
  state: "State",
  priority: "Priority",
  kind: "Kind",
  queue: "Queue",
  tag: "Tag",
  batch_id: "Batch",
  schedule_id: "Schedule",
  fingerprint: "Error group",
};

/** From whatever the URL says. The same filters give the same object, in whatever order they were picked. */
export function jobsSearch(search: Record<string, unknown>): JobsSearch {
  return withoutEmpty({
    state: STATES.filter((state) => texts(search.state).includes(state)),
    priority: PRIORITIES.filter((priority) => texts(search.priority).includes(priority)),
    kind: names(search.kind),
    queue: names(search.queue),
    tag: names(search.tag),
    batch_id: names(search.batch_id).filter((id) => ID.test(id)),
    schedule_id: names(search.schedule_id).filter((id) => ID.test(id)),
    fingerprint: names(search.fingerprint).filter((group) => FINGERPRINT.test(group)),
    q: texts(search.q)[0]?.trim().slice(0, TEXT_LIMIT),
    ...times(search),
    order: order(search),
  });
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const FINGERPRINT = /^[0-9a-f]{16}$/;

/** The filters with one field's values replaced; none takes the field away. */
export function withValues(search: JobsSearch, field: FilterField, values: readonly string[]): JobsSearch {
  return jobsSearch({ ...search, [field]: [...values] });
}

export interface Times {
  since?: Since | undefined;
  created_after?: string | undefined;
  created_before?: string | undefined;
}

export function withTimes(search: JobsSearch, { since, created_after, created_before }: Times): JobsSearch {
  return jobsSearch({ ...search, since, created_after, created_before });
}

export function withText(search: JobsSearch, q: string): JobsSearch {
  return jobsSearch({ ...search, q });
}

export function withOrder(search: JobsSearch, wanted: Order): JobsSearch {
  return jobsSearch({ ...search, order: wanted });
}

/** Whether the table is narrowed: an order shows the same jobs. */
export function hasFilters({ order: _order, ...filters }: JobsSearch): boolean {
  return Object.keys(filters).length > 0;
}

/** As the server takes it. `now` in ms; the whole minute, so that the same view has the same key in the cache. */
export function filtersOf({ since, order, ...search }: JobsSearch, now: number): JobFilters {
  // The states are named: counts, and what is done to all that match, know nothing of an order.
  const state = order === "next" ? waitingOf(search.state) : search.state;
  const filters = { ...search, ...(state ? { state } : {}) };
  if (since === undefined) return filters;
  const from = Math.floor((now - SINCE[since].seconds * 1_000) / 60_000) * 60_000;
  return { ...filters, created_after: new Date(from).toISOString() };
}

/** 'Failed, Retrying': a filter's values as they are shown. */
export function valueWords(field: FilterField, values: readonly string[]): string[] {
  switch (field) {
    case "state":
      return values.map((value) => STATE_META[value as JobState].word);
    case "priority":
      return values.map((value) => value.charAt(0).toUpperCase() + value.slice(1));
    case "batch_id":
    case "schedule_id":
    case "fingerprint":
      return values.map((value) => `…${value.slice(-6)}`);
    default:
      return values.map(visible);
  }
}

/** 'No failed email.send jobs in queue reports': what a list without a match was asked for. */
export function noMatchTitle(search: JobsSearch): string {
  const { q, since } = search;
  const words = [
    ...(search.state?.length === 1 ? [search.state[0]] : []),
    ...(search.priority?.length === 1 ? [`${search.priority[0]}-priority`] : []),
    ...(search.kind?.length === 1 ? valueWords("kind", search.kind) : []),
    "jobs",
    ...(search.queue?.length === 1 ? [`in queue ${visible(search.queue[0] ?? "")}`] : []),
    ...(search.tag?.length === 1 ? [`tagged ${visible(search.tag[0] ?? "")}`] : []),
    ...(q ? [`with “${visible(q)}”`] : []),
    ...(since ? [`in the last ${SINCE[since].word}`] : []),
  ];
  const more = ALL_FIELDS.some((field) => (search[field]?.length ?? 0) > (isForm(field) ? 1 : 0));
  const between = search.created_after !== undefined || search.created_before !== undefined;
  return more || between ? "No jobs match these filters" : `No ${words.join(" ")}`;
}

export function isForm(field: FilterField): field is FormField {
  return (FIELDS as readonly string[]).includes(field);
}

/** Of jobs that do not wait none is next. */
function order(search: Record<string, unknown>): JobsSearch["order"] {
  const wanted = texts(search.order)[0];
  if (wanted === "oldest") return wanted;
  const states = STATES.filter((state) => texts(search.state).includes(state));
  return wanted === "next" && (states.length === 0 || waitingOf(states).length > 0) ? wanted : undefined;
}

function waitingOf(states: readonly JobState[] | undefined): JobState[] {
  return WAITING.filter((state) => !states || states.includes(state));
}

function times(search: Record<string, unknown>): Times {
  const since = texts(search.since)[0];
  if (since !== undefined && since in SINCE) return { since: since as Since };
  return { created_after: time(search.created_after), created_before: time(search.created_before) };
}

function time(value: unknown): string | undefined {
  const at = Date.parse(texts(value)[0] ?? "");
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

function texts(value: unknown): string[] {
  return [value].flat().filter((one) => typeof one === "string");
}

function names(value: unknown): string[] {
  const given = texts(value)
    .map((name) => name.trim())
    .filter((name) => name !== "" && name.length <= LENGTH_LIMIT);
  return [...new Set(given)].sort().slice(0, VALUES_LIMIT);
}

function withoutEmpty(search: { [Name in keyof JobsSearch]: JobsSearch[Name] | undefined }): JobsSearch {
  return Object.fromEntries(
    Object.entries(search).filter(([, values]) => values !== undefined && values.length > 0),
  );
}

// What the jobs table is narrowed by. It lives in the URL: a filtered table can be sent to somebody, and Back works.
import type { JobState, Priority } from "@/api/types";
import { STATE_META, STATES } from "../stateMeta";

export const PRIORITIES: readonly Priority[] = ["high", "medium", "low"];
export const FIELDS = ["state", "priority", "kind", "queue", "tag"] as const;
/** More values than this in one filter is no question that a person asks, and the URL has an end. */
const VALUES_LIMIT = 20;
const LENGTH_LIMIT = 64;

export type FilterField = (typeof FIELDS)[number];
export interface JobsSearch {
  state?: JobState[];
  priority?: Priority[];
  kind?: string[];
  queue?: string[];
  tag?: string[];
}

export const FIELD_WORD: Record<FilterField, string> = {
  state: "State",
  priority: "Priority",
  kind: "Kind",
  queue: "Queue",
  tag: "Tag",
};

/** From whatever the URL says. The same filters give the same object, in whatever order they were picked. */
export function jobsSearch(search: Record<string, unknown>): JobsSearch {
  return withoutEmpty({
    state: STATES.filter((state) => texts(search.state).includes(state)),
    priority: PRIORITIES.filter((priority) => texts(search.priority).includes(priority)),
    kind: names(search.kind),
    queue: names(search.queue),
    tag: names(search.tag),
  });
}

/** The filters with one field's values replaced; none takes the field away. */
export function withValues(search: JobsSearch, field: FilterField, values: readonly string[]): JobsSearch {
  return jobsSearch({ ...search, [field]: [...values] });
}

export function hasFilters(search: JobsSearch): boolean {
  return FIELDS.some((field) => search[field] !== undefined);
}

/** 'Failed, Retrying': a filter's values as they are shown. */
export function valueWords(field: FilterField, values: readonly string[]): string[] {
  if (field === "state") return values.map((value) => STATE_META[value as JobState].word);
  if (field === "priority") return values.map((value) => value.charAt(0).toUpperCase() + value.slice(1));
  return [...values];
}

/** 'No failed email.send jobs in queue reports': what a list without a match was asked for. */
export function noMatchTitle(search: JobsSearch): string {
  const words = [
    ...(search.state?.length === 1 ? [search.state[0]] : []),
    ...(search.priority?.length === 1 ? [`${search.priority[0]}-priority`] : []),
    ...(search.kind?.length === 1 ? [search.kind[0]] : []),
    "jobs",
    ...(search.queue?.length === 1 ? [`in queue ${search.queue[0]}`] : []),
    ...(search.tag?.length === 1 ? [`tagged ${search.tag[0]}`] : []),
  ];
  const several = FIELDS.some((field) => (search[field]?.length ?? 0) > 1);
  return several ? "No jobs match these filters" : `No ${words.join(" ")}`;
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

function withoutEmpty(search: Required<JobsSearch>): JobsSearch {
  return Object.fromEntries(Object.entries(search).filter(([, values]) => values.length > 0));
}

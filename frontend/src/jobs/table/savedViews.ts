// Filters that somebody keeps under a name, in this browser and for this user alone.
import { useState } from "react";
import { getSession } from "@/api/session";
import { type JobsSearch, jobsSearch } from "./filters";

export interface View {
  name: string;
  search: JobsSearch;
}

const VIEWS_LIMIT = 50;
export const NAME_LIMIT = 60;

/** The views, and how they are changed. A view that is kept under a name that exists takes its place. */
export function useSavedViews() {
  const [views, setViews] = useState<readonly View[]>(read);
  const keep = (next: readonly View[]) => {
    setViews(next);
    write(next);
  };
  return {
    views,
    save: (view: View) =>
      keep([...views.filter(({ name }) => name !== view.name), view].slice(-VIEWS_LIMIT).toSorted(byName)),
    remove: (name: string) => keep(views.filter((view) => view.name !== name)),
  };
}

export function isSame(one: JobsSearch, other: JobsSearch): boolean {
  return JSON.stringify(jobsSearch({ ...one })) === JSON.stringify(jobsSearch({ ...other }));
}

function byName(one: View, other: View): number {
  return one.name.localeCompare(other.name);
}

function key(): string {
  const session = getSession();
  return `jobyard.views.${session.status === "signed-in" ? session.user.id : ""}`;
}

/** Whatever is in there: it may be of another release, or somebody's own hand. */
function read(): View[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key()) ?? "[]");
    if (!Array.isArray(kept)) return [];
    return kept.flatMap((one: unknown) => {
      const { name, search } = (one ?? {}) as { name?: unknown; search?: unknown };
      if (typeof name !== "string" || typeof search !== "object" || search === null) return [];
      return [{ name: name.slice(0, NAME_LIMIT), search: jobsSearch({ ...search }) }];
    });
  } catch {
    return [];
  }
}

function write(views: readonly View[]): void {
  try {
    localStorage.setItem(key(), JSON.stringify(views));
  } catch {
    // Forbidden storage: they hold until the reload.
  }
}

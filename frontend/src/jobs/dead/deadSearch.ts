// What the dead letters are narrowed and sorted by; lives in the URL.
import type { ErrorGroup } from "@/api/types";

export type Sort = "most" | "latest";

export interface DeadSearch {
  q?: string;
  sort?: "latest";
  /** The group that is open: its fingerprint. */
  group?: string;
}

const TEXT_LIMIT = 200;

export function deadSearch({ q, sort, group }: Record<string, unknown>): DeadSearch {
  const text = typeof q === "string" ? q.trim().slice(0, TEXT_LIMIT) : "";
  return {
    ...(text ? { q: text } : {}),
    ...(sort === "latest" ? { sort } : {}),
    ...(typeof group === "string" && /^[0-9a-f]{16}$/.test(group) ? { group } : {}),
  };
}

/** The server has the largest first. */
export function sorted(groups: readonly ErrorGroup[], sort: Sort): readonly ErrorGroup[] {
  if (sort === "most") return groups;
  return groups.toSorted((a, b) => b.last_seen.localeCompare(a.last_seen));
}

export function keyOf({ kind, fingerprint }: ErrorGroup): string {
  return `${kind} ${fingerprint}`;
}

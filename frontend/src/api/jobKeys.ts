// Under which key each answer about jobs is cached. Every key begins with "jobs": live/applyJobEvents.ts writes into these
// entries, and nothing else needs to know where a job is kept.
import type { JobFilters, JobOrder } from "./types";

export const jobKeys = {
  all: ["jobs"] as const,
  lists: ["jobs", "list"] as const,
  list: (filters: JobFilters, limit: number, order: JobOrder = "newest") =>
    ["jobs", "list", filters, limit, order] as const,
  counts: (filters: JobFilters) => ["jobs", "counts", filters] as const,
  details: ["jobs", "detail"] as const,
  detail: (id: string) => ["jobs", "detail", id] as const,
  stories: ["jobs", "story"] as const,
  /** All that is told of one job beside its row; each change of the job makes all of it old. */
  story: (id: string) => ["jobs", "story", id] as const,
  attempts: (id: string) => ["jobs", "story", id, "attempts"] as const,
  events: (id: string) => ["jobs", "story", id, "events"] as const,
  why: (id: string) => ["jobs", "story", id, "why"] as const,
  logs: (id: string) => ["jobs", "story", id, "logs"] as const,
  errorGroup: (id: string) => ["jobs", "story", id, "error-group"] as const,
  errors: (filters: JobFilters) => ["jobs", "errors", filters] as const,
  /** Jobs that events told of lately, as they are now: those that a table does not have yet are its '3 new'. */
  heard: ["jobs", "heard"] as const,
  /** Since when rows may be old because more happened than was told (performance.now()). */
  missedAt: ["jobs", "missed-at"] as const,
};

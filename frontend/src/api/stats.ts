// What the page asks about jobs in numbers, and how the whole yard stands.
import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";
import { jobKeys } from "./jobKeys";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];
export type Stats = Schemas["StatsAnswer"];
export type StatsBucket = Stats["buckets"][number];
export type KindStats = Stats["total"]["kinds"][number];
export type QueueDepth = Schemas["QueueAnswer"];
export type YardWorker = Schemas["WorkerAnswer"];

/** Ends are counted within some 10 s: asking more often tells nothing new. */
const COUNTED_EVERY_MS = 10_000;
export const YARD_EVERY_MS = 5_000;
/** The server tells a window in about a hundred buckets; the wider they are, the slower the picture moves. */
const SHORT_WINDOW_SECONDS = 2 * 3_600;
/** One page at its longest. More queues or workers than that are for their own screens. */
const YARD_SHOWN = 200;

/** How many came and ended, how long they waited and ran. `everyone` is for administrators. */
export function stats(windowSeconds: number, everyone = false) {
  return queryOptions({
    queryKey: ["stats", windowSeconds, everyone] as const,
    queryFn: ({ signal }) =>
      answer(
        api.GET("/stats", {
          params: { query: { window_seconds: windowSeconds, ...(everyone ? { all: true } : {}) } },
          signal,
        }),
      ),
    refetchInterval: windowSeconds <= SHORT_WINDOW_SECONDS ? COUNTED_EVERY_MS : 6 * COUNTED_EVERY_MS,
  });
}

/** Which of one's own jobs has waited longest in line; null when none does. */
export function oldestWaiting() {
  return queryOptions({
    queryKey: [...jobKeys.all, "oldest"] as const,
    queryFn: async ({ signal }) => {
      const query = { state: ["pending" as const], order: "oldest" as const, limit: 1 };
      const page = await answer(api.GET("/jobs", { params: { query }, signal }));
      return page.items[0] ?? null;
    },
    meta: { live: "refetch" },
  });
}

/** Which of one's own jobs in this state is due next; null when none is. */
export function nextDue(state: "scheduled" | "retrying") {
  return queryOptions({
    queryKey: [...jobKeys.all, "next", state] as const,
    queryFn: async ({ signal }) => {
      const query = { state: [state], order: "next" as const, limit: 1 };
      const page = await answer(api.GET("/jobs", { params: { query }, signal }));
      return page.items[0] ?? null;
    },
    meta: { live: "refetch" },
  });
}

/** Everybody's lines: how many wait in each, and for how long. For administrators. */
export function queueDepths() {
  return queryOptions({
    queryKey: ["yard", "queues"] as const,
    queryFn: ({ signal }) => answer(api.GET("/queues", { params: { query: { limit: YARD_SHOWN } }, signal })),
    refetchInterval: YARD_EVERY_MS,
  });
}

/** The workers that are alive, and what each runs. For administrators. */
export function yardWorkers() {
  return queryOptions({
    queryKey: ["yard", "workers"] as const,
    queryFn: ({ signal }) =>
      answer(api.GET("/workers", { params: { query: { limit: YARD_SHOWN } }, signal })),
    refetchInterval: YARD_EVERY_MS,
  });
}

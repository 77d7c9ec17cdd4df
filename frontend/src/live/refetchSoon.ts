import type { QueryClient, QueryKey } from "@tanstack/react-query";
import { jobKeys } from "@/api/jobs";

/** How often while events go on: at 500 a second the counts are still read once a second, and what is dear to tell less often. */
const EVERY_MS = { refetch: 1_000, "refetch-slowly": 5_000 } as const;
const FIRST_AFTER_MS = 100;

type Pace = keyof typeof EVERY_MS;
interface Plan {
  timer: ReturnType<typeof setTimeout> | null;
  last: number;
}
const plans = new WeakMap<QueryClient, Map<QueryKey, Record<Pace, Plan>>>();

/**
 * Reads the live queries below a key (of jobs: counts, short lists) anew: soon after the first call, then at their pace
 * while calls go on. A key is known by its identity: give the same array each time.
 */
export function refetchSoon(queryClient: QueryClient, queryKey: QueryKey = jobKeys.all): void {
  const byKey = plans.get(queryClient) ?? new Map<QueryKey, Record<Pace, Plan>>();
  plans.set(queryClient, byKey);
  const byPace = byKey.get(queryKey) ?? { refetch: newPlan(), "refetch-slowly": newPlan() };
  byKey.set(queryKey, byPace);
  for (const pace of ["refetch", "refetch-slowly"] as const) plan(queryClient, queryKey, pace, byPace[pace]);
}

function newPlan(): Plan {
  return { timer: null, last: Number.NEGATIVE_INFINITY };
}

function plan(queryClient: QueryClient, queryKey: QueryKey, pace: Pace, next: Plan): void {
  if (next.timer !== null) return;
  const wait = Math.max(FIRST_AFTER_MS, next.last + EVERY_MS[pace] - Date.now());
  next.timer = setTimeout(() => {
    next.timer = null;
    next.last = Date.now();
    void queryClient.invalidateQueries({ queryKey, predicate: (query) => query.meta?.live === pace });
  }, wait);
}

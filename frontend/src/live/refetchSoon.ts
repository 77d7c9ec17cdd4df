import type { QueryClient, QueryKey } from "@tanstack/react-query";
import { jobKeys } from "@/api/jobs";

/** At 500 events a second the counts are still read once a second. */
const EVERY_MS = 1_000;
const FIRST_AFTER_MS = 100;

interface Plan {
  timer: ReturnType<typeof setTimeout> | null;
  last: number;
}
const plans = new WeakMap<QueryClient, Map<QueryKey, Plan>>();

/**
 * Reads the live queries below a key (of jobs: counts, short lists) anew: soon after the first call, then once a second
 * while calls go on. A key is known by its identity: give the same array each time.
 */
export function refetchSoon(queryClient: QueryClient, queryKey: QueryKey = jobKeys.all): void {
  const byKey = plans.get(queryClient) ?? new Map<QueryKey, Plan>();
  plans.set(queryClient, byKey);
  const plan = byKey.get(queryKey) ?? { timer: null, last: Number.NEGATIVE_INFINITY };
  byKey.set(queryKey, plan);
  if (plan.timer !== null) return;
  const wait = Math.max(FIRST_AFTER_MS, plan.last + EVERY_MS - Date.now());
  plan.timer = setTimeout(() => {
    plan.timer = null;
    plan.last = Date.now();
    void queryClient.invalidateQueries({
      queryKey,
      predicate: (query) => query.meta?.live === "refetch",
    });
  }, wait);
}

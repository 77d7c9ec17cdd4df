import type { QueryClient } from "@tanstack/react-query";
import { jobKeys } from "@/api/jobs";

/** At 500 events a second the counts are still read once a second. */
const EVERY_MS = 1_000;
const FIRST_AFTER_MS = 100;

interface Plan {
  timer: ReturnType<typeof setTimeout> | null;
  last: number;
}
const plans = new WeakMap<QueryClient, Plan>();

/** Reads the live queries (counts, short lists) anew: soon after the first call, then once a second while calls go on. */
export function refetchSoon(queryClient: QueryClient): void {
  const plan = plans.get(queryClient) ?? { timer: null, last: Number.NEGATIVE_INFINITY };
  plans.set(queryClient, plan);
  if (plan.timer !== null) return;
  const wait = Math.max(FIRST_AFTER_MS, plan.last + EVERY_MS - Date.now());
  plan.timer = setTimeout(() => {
    plan.timer = null;
    plan.last = Date.now();
    void queryClient.invalidateQueries({
      queryKey: jobKeys.all,
      predicate: (query) => query.meta?.live === "refetch",
    });
  }, wait);
}

// For tests: numbers as the server tells them.
import type { Stats, StatsBucket } from "@/api/stats";

const BEGIN = Date.parse("2026-11-24T13:07:00Z");
const NONE = { p50: null, p95: null };
const EMPTY = { submitted: 0, completed: 0, failed: 0, cancelled: 0, wait_seconds: NONE, run_seconds: NONE };

/** The minute `at` of an hour. */
export function sampleBucket({ at, ...told }: Partial<StatsBucket> & { at: number }): StatsBucket {
  return { ...EMPTY, kinds: [], start: new Date(BEGIN + at * 60_000).toISOString(), ...told };
}

export function sampleStats(
  buckets: readonly StatsBucket[] = [],
  total: Partial<Stats["total"]> = {},
): Stats {
  return {
    begin: new Date(BEGIN).toISOString(),
    end: new Date(BEGIN + 3_600_000).toISOString(),
    bucket_seconds: 60,
    buckets: [...buckets],
    total: { ...EMPTY, kinds: [], ...total },
  };
}

// The overview's two charts, made from the server's numbers. Pure.
import type { Stats } from "@/api/stats";
import { shortSeconds } from "@/charts/scale";
import type { Chart } from "@/charts/series";
import { count, duration } from "@/ui/time";

/** What ended in each bucket; a failed attempt that is retried is none. */
export function finishedChart(stats: Stats): Chart {
  return {
    title: "Finished",
    isPer: true,
    shape: "bars",
    ...times(stats),
    series: [
      {
        name: "Completed",
        color: "var(--bar-ok)",
        values: stats.buckets.map(({ completed }) => completed),
        whole: stats.total.completed,
      },
      {
        name: "Failed",
        color: "var(--st-failed)",
        values: stats.buckets.map(({ failed }) => failed),
        whole: stats.total.failed,
      },
    ],
    say: count,
    sayShort: shortCount,
  };
}

/** How long those waited that ended in each bucket. */
export function waitChart(stats: Stats): Chart {
  return {
    title: "Wait before start",
    isPer: false,
    shape: "lines",
    ...times(stats),
    series: [
      {
        name: "p50",
        color: "var(--fg)",
        values: stats.buckets.map((bucket) => bucket.wait_seconds.p50),
        whole: stats.total.wait_seconds.p50,
      },
      {
        name: "p95",
        color: "var(--fg-2)",
        dashed: true,
        values: stats.buckets.map((bucket) => bucket.wait_seconds.p95),
        whole: stats.total.wait_seconds.p95,
      },
    ],
    say: (seconds) => duration(seconds * 1_000),
    sayShort: shortSeconds,
  };
}

function times(stats: Stats): Pick<Chart, "starts" | "bucketMs"> {
  return {
    starts: stats.buckets.map(({ start }) => Date.parse(start)),
    bucketMs: stats.bucket_seconds * 1_000,
  };
}

const SHORT = new Intl.NumberFormat("en", { notation: "compact" });

/** '20,000' has no room at the axis: '20K'. */
function shortCount(value: number): string {
  return value < 10_000 ? count(value) : SHORT.format(value);
}

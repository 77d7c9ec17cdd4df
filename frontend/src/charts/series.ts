// What a chart is made of, whatever it tells.
import { spanLabel, widthWord } from "./scale";

export interface Series {
  name: string;
  /** A token of ui/tokens.css. Each look also differs in shape: nobody needs to tell colours apart. */
  color: string;
  dashed?: boolean;
  /** One a bucket; null where there is nothing to tell. */
  values: readonly (number | null)[];
  /** Of the whole window: what the legend says while nobody points at a bucket. */
  whole: number | null;
}

export interface Chart {
  title: string;
  /** Sums of a bucket, so the title goes on: 'Finished per minute'. */
  isPer: boolean;
  shape: "bars" | "lines";
  /** When each bucket begins, in ms since 1970, oldest first. */
  starts: readonly number[];
  bucketMs: number;
  series: readonly Series[];
  /** A value in words, as in the legend and the table. */
  say: (value: number) => string;
  /** A value at the axis. */
  sayShort: (value: number) => string;
}

/** 'Finished per minute': names the chart and its table. */
export function titleOf({ title, isPer, bucketMs }: Chart): string {
  return isPer ? `${title} per ${widthWord(bucketMs / 1_000)}` : title;
}

/** Stacked bars are as high as their sum; lines stand each for itself. */
export function highest({ shape, starts, series }: Chart): number {
  const heights = starts.map((_, at) => {
    const values = series.map(({ values }) => values[at] ?? 0);
    return shape === "bars" ? values.reduce<number>((sum, value) => sum + value, 0) : Math.max(0, ...values);
  });
  return Math.max(0, ...heights);
}

/** Fewer, wider buckets, for a narrow screen. Only sums can be put together, so only bars are. */
export function merged(chart: Chart, most: number): Chart {
  const by = Math.ceil(chart.starts.length / Math.max(most, 1));
  if (by <= 1 || !chart.isPer) return chart;
  // From the end, so that the bucket that fills now stays the last, and the first may be a narrow one.
  const first = chart.starts.length % by;
  const groups: [number, number][] = first ? [[0, first]] : [];
  for (let at = first; at < chart.starts.length; at += by) groups.push([at, at + by]);
  const sum = (values: readonly (number | null)[]) =>
    values.reduce<number>((all, value) => all + (value ?? 0), 0);
  return {
    ...chart,
    bucketMs: chart.bucketMs * by,
    starts: groups.map(([from]) => chart.starts[from] ?? 0),
    series: chart.series.map((one) => ({
      ...one,
      values: groups.map(([from, to]) => sum(one.values.slice(from, to))),
    })),
  };
}

/** A bucket in words, for who hears it. */
export function sayBucket(chart: Chart, at: number): string {
  const windowMs = chart.bucketMs * chart.starts.length;
  const told = chart.series.map(({ name, values }) => {
    const value = values[at];
    return `${name} ${value === null || value === undefined ? "none" : chart.say(value)}`;
  });
  return `${spanLabel(chart.starts[at] ?? 0, chart.bucketMs, windowMs)}: ${told.join(", ")}`;
}

import { spanLabel } from "./scale";
import type { Chart, Series } from "./series";

/** What each look means, with the figure of the whole window, or of the bucket that one points at. */
export function Legend({ chart, at }: { chart: Chart; at: number | null }) {
  const windowMs = chart.bucketMs * chart.starts.length;
  const start = at === null ? undefined : chart.starts[at];
  return (
    <span className="flex min-w-0 items-center gap-3 overflow-hidden text-12 whitespace-nowrap text-fg-2">
      {start !== undefined && <span className="text-fg-3">{spanLabel(start, chart.bucketMs, windowMs)}</span>}
      {chart.series.map((series) => (
        <span key={series.name} className="flex items-center gap-1.5">
          <Swatch series={series} shape={chart.shape} />
          {series.name} {said(chart, start === undefined || at === null ? series.whole : series.values[at])}
        </span>
      ))}
    </span>
  );
}

function said(chart: Chart, value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : chart.say(value);
}

function Swatch({ series, shape }: { series: Series; shape: Chart["shape"] }) {
  if (shape === "bars") {
    return (
      <span
        aria-hidden="true"
        className="size-2 shrink-0 rounded-[2px]"
        style={{ background: series.color }}
      />
    );
  }
  return (
    <svg width="14" height="4" aria-hidden="true" className="shrink-0">
      <path
        d="M0 2h14"
        stroke={series.color}
        strokeWidth="2"
        {...(series.dashed ? { strokeDasharray: "4 3" } : {})}
      />
    </svg>
  );
}

import type { KeyboardEvent, PointerEvent } from "react";
import { HEIGHT, LEFT, RIGHT, roomFor } from "./room";
import { countScale, momentLabel, secondsScale } from "./scale";
import { type Chart, highest, sayBucket, titleOf } from "./series";
import { Bars, Lines } from "./shapes";

const TOP = 14;
const BOTTOM = 28;
/** Room for one label of the axis of time. */
const LABEL = 92;
const PAGE = 10;

/**
 * The drawing. It is one slider over time: under the pointer, or by the arrow keys, each bucket is told, by the legend
 * and to who hears the page.
 */
export default function Plot({
  chart,
  width,
  at,
  onPoint,
}: {
  chart: Chart;
  /** In px; nothing is drawn until it is known. */
  width: number;
  /** The bucket that is told, if any. */
  at: number | null;
  onPoint: (at: number | null) => void;
}) {
  const inner = roomFor(width);
  const count = chart.starts.length;
  const last = count - 1;
  const point = (next: number) => onPoint(Math.min(Math.max(next, 0), last));
  const pointUnder = (event: PointerEvent<HTMLDivElement>) => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left - LEFT;
    if (inner > 0) point(Math.floor((x / inner) * count));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const from = at ?? last;
    const next = {
      ArrowLeft: at === null ? last : from - 1,
      ArrowDown: at === null ? last : from - 1,
      ArrowRight: from + 1,
      ArrowUp: from + 1,
      PageDown: from - PAGE,
      PageUp: from + PAGE,
      Home: 0,
      End: last,
    }[event.key];
    if (event.key === "Escape") onPoint(null);
    else if (next !== undefined) {
      event.preventDefault();
      point(next);
    }
  };
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label={titleOf(chart)}
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={at ?? last}
      aria-valuetext={sayBucket(chart, at ?? last)}
      className="relative mt-2 touch-pan-y select-none -outline-offset-2!"
      style={{ height: HEIGHT }}
      onPointerMove={pointUnder}
      onPointerDown={pointUnder}
      onPointerLeave={() => onPoint(null)}
      onBlur={() => onPoint(null)}
      onKeyDown={onKeyDown}
    >
      {width > 0 && <Drawing chart={chart} width={width} at={at} />}
    </div>
  );
}

function Drawing({ chart, width, at }: { chart: Chart; width: number; at: number | null }) {
  const scale = (chart.shape === "bars" ? countScale : secondsScale)(highest(chart));
  const inner = { left: LEFT, width: width - LEFT - RIGHT, top: TOP, height: HEIGHT - TOP - BOTTOM };
  const y = (value: number) => inner.top + inner.height * (1 - value / scale.top);
  const step = inner.width / chart.starts.length;
  const windowMs = chart.bucketMs * chart.starts.length;
  const labels = Math.max(2, Math.min(5, Math.floor(inner.width / LABEL)));
  return (
    <svg width={width} height={HEIGHT} aria-hidden="true" className="block text-11 [&_text]:fill-fg-3">
      {scale.ticks.map((tick) => (
        <g key={tick}>
          <path d={`M${LEFT} ${Math.round(y(tick)) + 0.5}H${width - RIGHT}`} stroke="var(--line)" />
          <text x={LEFT - 8} y={y(tick) + 4} textAnchor="end">
            {chart.sayShort(tick)}
          </text>
        </g>
      ))}
      {at !== null && (
        <rect
          x={LEFT + at * step}
          y={TOP}
          width={Math.max(step, 1)}
          height={inner.height}
          fill="var(--surface-3)"
          className="animate-appear"
        />
      )}
      {chart.shape === "bars" ? (
        <Bars chart={chart} step={step} left={LEFT} y={y} />
      ) : (
        <Lines chart={chart} step={step} left={LEFT} y={y} at={at} />
      )}
      {Array.from({ length: labels }, (_, index) => {
        const bucket = Math.round(((chart.starts.length - 1) * index) / (labels - 1));
        const isEnd = index === labels - 1;
        return (
          <text
            key={bucket}
            x={isEnd ? width - RIGHT : LEFT + bucket * step}
            y={HEIGHT - 8}
            textAnchor={isEnd ? "end" : index === 0 ? "start" : "middle"}
          >
            {isEnd ? "now" : momentLabel(chart.starts[bucket] ?? 0, windowMs)}
          </text>
        );
      })}
    </svg>
  );
}

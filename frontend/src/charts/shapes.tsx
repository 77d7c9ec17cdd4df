import type { Chart } from "./series";

interface Placed {
  chart: Chart;
  /** How wide a bucket is, in px. */
  step: number;
  left: number;
  y: (value: number) => number;
}

const GAP = 2;

/** Stacked, the first series below, with a gap between: what lies on top is told apart without its colour. */
export function Bars({ chart, step, left, y }: Placed) {
  const gap = Math.min(3, step * 0.28);
  return chart.starts.map((start, at) => {
    let below = 0;
    return chart.series.map(({ name, color, values }) => {
      const value = values[at] ?? 0;
      const from = below;
      below += value;
      if (value <= 0) return null;
      const lift = from > 0 ? GAP : 0;
      const height = Math.max(1.5, y(from) - y(below) - lift);
      return (
        <rect
          key={`${start} ${name}`}
          x={left + at * step + gap / 2}
          y={y(from) - lift - height}
          width={Math.max(1, step - gap)}
          height={height}
          rx={Math.min(1.5, step / 4)}
          fill={color}
        />
      );
    });
  });
}

/** Each for itself; where a bucket has no value the line is cut, and a value alone is a dot. */
export function Lines({ chart, step, left, y, at }: Placed & { at: number | null }) {
  const x = (bucket: number) => left + (bucket + 0.5) * step;
  return chart.series.map(({ name, color, dashed, values }) => {
    const shown = at ?? values.findLastIndex((value) => value !== null);
    const value = shown < 0 ? null : (values[shown] ?? null);
    return (
      <g key={name}>
        <path
          d={runs(values)
            .map((run) => line(run, values, x, y))
            .join("")}
          fill="none"
          stroke={color}
          strokeWidth={dashed ? 1.75 : 2}
          strokeLinejoin="round"
          strokeLinecap="round"
          {...(dashed ? { strokeDasharray: "4 4" } : {})}
        />
        {value !== null && <circle cx={x(shown)} cy={y(value)} r={3.5} fill={color} />}
      </g>
    );
  });
}

/** From where to where there are values without a hole: [first, last] each. */
export function runs(values: readonly (number | null)[]): [number, number][] {
  const found: [number, number][] = [];
  values.forEach((value, at) => {
    const run = found.at(-1);
    if (value === null) return;
    if (run && run[1] === at - 1) run[1] = at;
    else found.push([at, at]);
  });
  return found;
}

function line(
  [first, last]: [number, number],
  values: readonly (number | null)[],
  x: (bucket: number) => number,
  y: (value: number) => number,
): string {
  const points = values
    .slice(first, last + 1)
    .map((value, index) => `${x(first + index).toFixed(1)} ${y(value ?? 0).toFixed(1)}`);
  // A point of no length is drawn as a dot, by its round ends.
  return `M${points.join("L")}${points.length === 1 ? "h0.01" : ""}`;
}

// Where the lines of a chart's grid stand, and what is written at them. Pure.
import { clockTime, NBSP } from "@/ui/time";

export interface Scale {
  /** The value at the upper edge. */
  top: number;
  /** Those with a line, from 0 to `top`. */
  ticks: number[];
}

const STEPS = [1, 2, 5] as const;
/** Steps of seconds that people count in. */
const SECONDS = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600,
];
const LONG_SECONDS = [1_800, 3_600, 7_200, 10_800, 21_600, 43_200];
const DAY_SECONDS = 86_400;
const LINES = 4;

/** For whole numbers: never half a job. */
export function countScale(most: number): Scale {
  const least = Math.max(most, 1) / LINES;
  const ten = 10 ** Math.floor(Math.log10(least));
  const step = STEPS.map((times) => times * ten).find((each) => each >= least) ?? 10 * ten;
  return upTo(Math.max(step, 1), most);
}

/** For durations in seconds. */
export function secondsScale(most: number): Scale {
  const least = most / LINES;
  const step = [...SECONDS, ...LONG_SECONDS].find((each) => each >= least);
  return upTo(step ?? Math.ceil(least / DAY_SECONDS) * DAY_SECONDS, most);
}

function upTo(step: number, most: number): Scale {
  const lines = Math.max(1, Math.ceil(most / step - 1e-9));
  const ticks = Array.from({ length: lines + 1 }, (_, line) => line * step);
  return { top: lines * step, ticks };
}

/** '500 ms', '2 s', '5 m', '1.5 h': short, for an axis. */
export function shortSeconds(seconds: number): string {
  if (seconds === 0) return "0";
  if (seconds < 1) return `${Math.round(seconds * 1_000)}${NBSP}ms`;
  if (seconds < 60) return `${seconds}${NBSP}s`;
  if (seconds < 3_600) return `${seconds / 60}${NBSP}m`;
  if (seconds < DAY_SECONDS) return `${seconds / 3_600}${NBSP}h`;
  return `${seconds / DAY_SECONDS}${NBSP}d`;
}

const DAY = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric" });

/** At the axis of time: the clock, or over days the day. */
export function momentLabel(at: number, windowMs: number): string {
  return windowMs > 2 * DAY_SECONDS * 1_000 ? DAY.format(at) : clockTime(at);
}

/** '13:52 to 13:53', 'Mon 23, 13:00 to 14:00': one bucket. */
export function spanLabel(start: number, widthMs: number, windowMs: number): string {
  const clock = `${clockTime(start)} to ${clockTime(start + widthMs)}`;
  return windowMs > 0.5 * DAY_SECONDS * 1_000 ? `${DAY.format(start)}, ${clock}` : clock;
}

/** 'minute', '15 minutes', 'hour': how wide a bucket is. */
export function widthWord(seconds: number): string {
  for (const [unit, name] of [
    [DAY_SECONDS, "day"],
    [3_600, "hour"],
    [60, "minute"],
  ] as const) {
    if (seconds % unit === 0) return seconds === unit ? name : `${seconds / unit}${NBSP}${name}s`;
  }
  return `${seconds}${NBSP}seconds`;
}

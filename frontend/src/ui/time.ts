// Times and amounts in words. Number and unit are never parted at the end of a line. (Not by the narrow no-break space:
// Geist has none, and the one that stands in is so thin that 'in 59 m' reads as one word.)
export const NBSP = "\u00a0";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const whole = once(() => new Intl.NumberFormat("en"));
const exact = dates({ dateStyle: "medium", timeStyle: "medium" });
const dayAndMonth = dates({ day: "numeric", month: "short" });
const fullDay = dates({ day: "numeric", month: "short", year: "numeric" });
const clock = dates({ hour: "2-digit", minute: "2-digit" });

/** 31940 → '31,940'. */
export function count(value: number): string {
  return whole().format(value);
}

/** How long something took: '640 ms', '30.0 s', '1 m 48 s', '6 h 02 m', '3 d 4 h'. */
export function duration(ms: number): string {
  if (ms < SECOND) return unit(Math.max(0, Math.round(ms)), "ms");
  if (ms < 10 * SECOND) return unit((ms / SECOND).toFixed(1), "s");
  if (ms < MINUTE) return unit(Math.floor(ms / SECOND), "s");
  if (ms < HOUR) return two(ms, MINUTE, "m", SECOND, "s");
  if (ms < DAY) return two(ms, HOUR, "h", MINUTE, "m");
  return two(ms, DAY, "d", HOUR, "h");
}

/** '2 m ago', 'in 52 m', 'now'; beyond a month the date. `short` leaves out 'ago'. All in ms since 1970. */
export function relativeTime(at: number, now: number, short = false): string {
  const distance = Math.abs(now - at);
  if (distance < SECOND) return "now";
  if (distance >= 30 * DAY) return dayAndMonth().format(at);
  const amount = coarse(distance);
  if (at > now) return `in${NBSP}${amount}`;
  return short ? amount : `${amount} ago`;
}

/** For a tooltip: '24 Nov 2026, 14:07:31', in the reader's own time zone. */
export function exactTime(at: string): string {
  return exact().format(Date.parse(at));
}

/** '24 Nov'. */
export function shortDate(at: number): string {
  return dayAndMonth().format(at);
}

/** '24 Nov 2026'. */
export function fullDate(at: number): string {
  return fullDay().format(at);
}

/** '14:06'. */
export function clockTime(at: number): string {
  return clock().format(at);
}

function coarse(ms: number): string {
  if (ms < MINUTE) return unit(Math.floor(ms / SECOND), "s");
  if (ms < HOUR) return unit(Math.floor(ms / MINUTE), "m");
  if (ms < DAY) return unit(Math.floor(ms / HOUR), "h");
  return unit(Math.floor(ms / DAY), "d");
}

function two(ms: number, big: number, bigName: string, small: number, smallName: string): string {
  const rest = Math.floor((ms % big) / small);
  return `${unit(Math.floor(ms / big), bigName)} ${unit(String(rest).padStart(2, "0"), smallName)}`;
}

function unit(value: number | string, name: string): string {
  return `${value}${NBSP}${name}`;
}

/** Made when it is first used: each takes a millisecond or more, and a first visit shows none of most. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function dates(options: Intl.DateTimeFormatOptions): () => Intl.DateTimeFormat {
  return once(() => new Intl.DateTimeFormat("en-GB", options));
}

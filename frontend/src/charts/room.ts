// How much room a drawing has, in px.
export const HEIGHT = 190;
export const LEFT = 52;
export const RIGHT = 14;
/** A bar and its gap are this wide at least: on a narrow screen several buckets become one. */
const LEAST_BAR = 4;

/** Between the axis of values and the right edge. */
export function roomFor(width: number): number {
  return Math.max(0, width - LEFT - RIGHT);
}

export function barsFor(width: number): number {
  return Math.floor(roomFor(width) / LEAST_BAR);
}

import { describe, expect, it } from "vitest";
import { countScale, secondsScale, shortSeconds, widthWord } from "./scale";
import { type Chart, highest, merged, sayBucket, titleOf } from "./series";
import { runs } from "./shapes";

const plain = (text: string) => text.replaceAll("\u00a0", " ");

describe("the grid of a chart", () => {
  it.each([
    [0, 1, [0, 1]],
    [1, 1, [0, 1]],
    [3, 3, [0, 1, 2, 3]],
    [49, 60, [0, 20, 40, 60]],
    [60, 60, [0, 20, 40, 60]],
    [4_001, 6_000, [0, 2_000, 4_000, 6_000]],
  ])("of counts up to %i ends at %i", (most, top, ticks) => {
    expect(countScale(most)).toEqual({ top, ticks });
  });

  it.each([
    [0.0004, ["0", "1 ms"]],
    [0.35, ["0", "100 ms", "200 ms", "300 ms", "400 ms"]],
    [252, ["0", "2 m", "4 m", "6 m"]],
    [90_000, ["0", "12 h", "1 d", "1.5 d"]],
    [900_000, ["0", "3 d", "6 d", "9 d", "12 d"]],
  ])("of durations up to %f s is %j", (most, labels) => {
    expect(secondsScale(most).ticks.map((tick) => plain(shortSeconds(tick)))).toEqual(labels);
  });

  it("never ends below the highest value", () => {
    for (let most = 0; most < 5_000; most += 7) {
      expect(countScale(most).top).toBeGreaterThanOrEqual(most);
      expect(secondsScale(most).top).toBeGreaterThanOrEqual(most);
      expect(countScale(most).ticks.length).toBeLessThanOrEqual(6);
    }
  });

  it.each([
    [60, "minute"],
    [900, "15 minutes"],
    [3_600, "hour"],
    [86_400, "day"],
    [90, "90 seconds"],
  ])("a bucket of %i s is a %s", (seconds, word) => expect(plain(widthWord(seconds))).toBe(word));
});

const chart = (shape: Chart["shape"], ...values: (number | null)[][]): Chart => ({
  title: "Finished",
  isPer: shape === "bars",
  shape,
  starts: values[0]?.map((_, at) => at * 60_000) ?? [],
  bucketMs: 60_000,
  series: values.map((each, index) => ({ name: `s${index}`, color: "red", values: each, whole: null })),
  say: String,
  sayShort: String,
});

describe("series", () => {
  it("are stacked as bars, and stand each for itself as lines", () => {
    expect(highest(chart("bars", [1, 4], [2, 1]))).toBe(5);
    expect(highest(chart("lines", [1, 4], [null, 1]))).toBe(4);
    expect(highest(chart("bars"))).toBe(0);
  });

  it("become fewer bars on a narrow screen, and no job is lost or told twice", () => {
    const few = merged(chart("bars", [1, 2, 3, 4, 5]), 3);
    expect(few.starts).toEqual([0, 60_000, 180_000]);
    expect(few.series[0]?.values).toEqual([1, 5, 9]);
    expect(plain(titleOf(few))).toBe("Finished per 2 minutes");
    expect(sayBucket(few, 2)).toMatch(/^\d\d:\d\d to \d\d:\d\d: s0 9$/);
    const lines = chart("lines", [1, 2, 3]);
    expect(merged(lines, 1)).toBe(lines);
  });

  it("are cut where there is nothing to tell", () => {
    expect(runs([1, 2, null, 3, null, null, 0])).toEqual([
      [0, 1],
      [3, 3],
      [6, 6],
    ]);
    expect(runs([null])).toEqual([]);
  });
});

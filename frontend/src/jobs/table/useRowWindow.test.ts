import { describe, expect, it } from "vitest";
import { spanOf, topsOf } from "./useRowWindow";

const tops = topsOf(10_000, () => 36);

describe("the window over the rows", () => {
  it("draws what is in sight and a few rows beyond, however many there are", () => {
    const { from, to } = spanOf(tops, 5_000 * 36, 800);
    expect(from).toBeLessThanOrEqual(4_992);
    expect(from).toBeGreaterThan(4_980);
    expect(to).toBeGreaterThanOrEqual(5_000 + Math.ceil(800 / 36));
    expect(to - from).toBeLessThan(52);
  });

  it("never leaves a row in sight undrawn, at whatever height it stands", () => {
    for (let top = 0; top < 3_600; top += 7) {
      const { from, to } = spanOf(tops, top, 800);
      expect(from * 36).toBeLessThanOrEqual(top);
      expect(to * 36).toBeGreaterThanOrEqual(top + 800);
    }
  });

  it("ends with the last row, and is empty without rows", () => {
    expect(spanOf(tops, 9_999 * 36, 800).to).toBe(10_000);
    expect(spanOf(tops, 1e9, 800)).toEqual({ from: 9_988, to: 10_000 });
    expect(
      spanOf(
        topsOf(0, () => 36),
        0,
        800,
      ),
    ).toEqual({ from: 0, to: 0 });
  });

  it("moves every few rows only, so that most of a scroll draws nothing", () => {
    const spans = Array.from({ length: 8 }, (_, row) => JSON.stringify(spanOf(tops, (400 + row) * 36, 720)));
    expect(new Set(spans).size).toBeLessThanOrEqual(3);
  });

  it("counts with rows of different heights", () => {
    const cards = topsOf(100, (index) => (index % 2 === 0 ? 64 : 85));
    expect(cards[100]).toBe(50 * (64 + 85));
    const { from, to } = spanOf(cards, 50 * 149, 600);
    expect(cards[from]).toBeLessThanOrEqual(50 * 149);
    expect(to).toBe(100);
  });
});

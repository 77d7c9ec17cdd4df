import { describe, expect, it } from "vitest";
import { count, duration, relativeTime } from "./time";

const plain = (text: string) => text.replaceAll("\u00a0", " ");
const S = 1_000;
const M = 60 * S;
const H = 60 * M;

describe("duration", () => {
  it.each([
    [0, "0 ms"],
    [640, "640 ms"],
    [1_240, "1.2 s"],
    [30 * S, "30 s"],
    [108 * S, "1 m 48 s"],
    [6 * M + 2 * S, "6 m 02 s"],
    [59 * M + 59_999, "59 m 59 s"],
    [6 * H + 2 * M, "6 h 02 m"],
    [76 * H, "3 d 04 h"],
    [-5, "0 ms"],
  ])("%i ms is %s", (ms, text) => expect(plain(duration(ms))).toBe(text));
});

describe("relativeTime", () => {
  const now = Date.parse("2026-11-24T14:07:31Z");
  it.each([
    [now - 400, "now"],
    [now - 2 * M - 5 * S, "2 m ago"],
    [now + 52 * M, "in 52 m"],
    [now - 23 * H, "23 h ago"],
    [now - 29 * 24 * H, "29 d ago"],
    [now - 40 * 24 * H, "15 Oct"],
  ])("%i is %s", (at, text) => expect(plain(relativeTime(at, now))).toBe(text));

  it("leaves out 'ago' when short", () => expect(plain(relativeTime(now - 4 * S, now, true))).toBe("4 s"));
});

it("parts thousands", () => expect(count(31_940)).toBe("31,940"));

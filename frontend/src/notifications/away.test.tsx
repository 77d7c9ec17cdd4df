import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AWAY_MS, followPresence, useAway } from "./away";

const look = (at: "visible" | "hidden") => {
  Object.defineProperty(document, "visibilityState", { value: at, configurable: true });
  act(() => {
    document.dispatchEvent(new Event("visibilitychange"));
  });
};
const pass = (ms: number) => act(() => vi.advanceTimersByTime(ms));

describe("an absence", () => {
  let stop = () => {};
  beforeEach(() => {
    vi.useFakeTimers();
    localStorage.clear();
  });
  afterEach(() => {
    stop();
    look("visible");
    vi.useRealTimers();
  });

  it("is a long time in which no tab was looked at", () => {
    stop = followPresence("u1");
    const { result } = renderHook(() => useAway());
    expect(result.current).toBeNull();
    const from = Date.now();
    look("hidden");
    pass(AWAY_MS - 1_000);
    look("visible");
    expect(result.current).toBeNull();
    look("hidden");
    pass(2 * AWAY_MS);
    look("visible");
    expect(result.current).toEqual({ from: from + AWAY_MS - 1_000, to: Date.now() });
  });

  it("is none while another tab is looked at, and outlives a reload", () => {
    stop = followPresence("u1");
    look("hidden");
    pass(2 * AWAY_MS);
    const stored = JSON.parse(localStorage.getItem("jobyard.u1.seen") ?? "{}");
    localStorage.setItem("jobyard.u1.seen", JSON.stringify({ ...stored, seen: Date.now() - 1_000 }));
    const { result } = renderHook(() => useAway());
    look("visible");
    expect(result.current).toBeNull();
    look("hidden");
    pass(2 * AWAY_MS);
    look("visible");
    const away = result.current;
    expect(away).not.toBeNull();
    stop();
    stop = followPresence("u1");
    expect(result.current).toEqual(away);
  });

  it.each(["not json", "[]", '{"seen": "yesterday"}', '{"seen": 1, "away": {"from": "x"}}'])(
    "is told by nothing but what was stored so: %s",
    (stored) => {
      localStorage.setItem("jobyard.u1.seen", stored);
      expect(() => {
        stop = followPresence("u1");
      }).not.toThrow();
    },
  );
});

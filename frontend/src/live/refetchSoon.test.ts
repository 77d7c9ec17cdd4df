import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { jobKeys } from "@/api/jobs";
import { refetchSoon } from "./refetchSoon";

let queryClient: QueryClient;
const stops: (() => void)[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  queryClient = new QueryClient();
});
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  queryClient.clear();
  vi.useRealTimers();
});

/** A query that is on screen; returns how often it was read. */
function shown(name: string, live?: "refetch" | "refetch-slowly"): () => number {
  const queryFn = vi.fn(async () => 0);
  const observer = new QueryObserver(queryClient, {
    queryKey: [...jobKeys.all, name],
    queryFn,
    ...(live ? { meta: { live } } : {}),
  });
  stops.push(observer.subscribe(() => undefined));
  return () => queryFn.mock.calls.length - 1;
}

test("while events go on each is read at its own pace, soon after the first and once after the last", async () => {
  const counts = shown("counts", "refetch");
  const errors = shown("errors", "refetch-slowly");
  const list = shown("list");
  await vi.advanceTimersByTimeAsync(0);
  refetchSoon(queryClient);
  await vi.advanceTimersByTimeAsync(100);
  expect([counts(), errors(), list()]).toEqual([1, 1, 0]);

  for (let tenths = 0; tenths < 100; tenths += 1) {
    refetchSoon(queryClient);
    await vi.advanceTimersByTimeAsync(100);
  }
  expect([counts(), errors(), list()]).toEqual([11, 3, 0]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(errors()).toBeLessThanOrEqual(4);
  const quiet = [counts(), errors()];
  await vi.advanceTimersByTimeAsync(60_000);
  expect([counts(), errors()]).toEqual(quiet);
});

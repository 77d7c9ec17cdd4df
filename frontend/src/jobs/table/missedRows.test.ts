import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { forgetRecentJobs, type ReadPages } from "@/api/jobCache";
import { jobKeys, PAGE_SIZE } from "@/api/jobs";
import { accept } from "@/api/session";
import type { JobFilters, JobSummary } from "@/api/types";
import { summaryWith } from "../jobFixtures";
import { MissedRows } from "./missedRows";

const LOADED = 3 * PAGE_SIZE;
const id = (n: number) => `01a20ddc-c067-7b34-be99-${n.toString(16).padStart(12, "0")}`;
const job = (n: number, part: Partial<JobSummary> = {}) => summaryWith({ id: id(n), ...part });
const STARTED = { state: "running", started_at: "2026-11-24T12:00:01Z" } as const;
const USER = {
  id: "u1",
  email: "mara@example.org",
  name: "Mara",
  role: "user",
  email_verified: true,
  created_at: "2026-01-01T00:00:00Z",
} as const;

/** What the server has, newest first, and what it was asked. A cursor is the id after which a page begins. */
let jobs: JobSummary[] = [];
let asked: string[] = [];
let isAway = false;
function serve(request: Request): Response {
  const { pathname, searchParams } = new URL(request.url);
  asked.push(pathname === "/jobs" ? `after ${searchParams.get("cursor") ?? "none"}` : pathname);
  if (isAway) return Response.json({ detail: "The database is away." }, { status: 503 });
  if (pathname !== "/jobs") {
    const found = jobs.find((one) => pathname.endsWith(one.id));
    return Response.json(found ?? { detail: "No such job." }, { status: found ? 200 : 404 });
  }
  const after = searchParams.get("cursor");
  const wanted = searchParams.getAll("state");
  const matching = jobs.filter(
    (one) => (wanted.length === 0 || wanted.includes(one.state)) && (after === null || one.id < after),
  );
  const items = matching.slice(0, PAGE_SIZE);
  const next_cursor = matching.length > PAGE_SIZE ? (items.at(-1)?.id ?? null) : null;
  return Response.json({ items, next_cursor });
}

describe("rows that may be old", () => {
  let client: QueryClient;
  let reader: MissedRows;
  const begin = (filters: JobFilters) => {
    const pages = [0, 1, 2].map((nth) => ({
      items: jobs.slice(nth * PAGE_SIZE, (nth + 1) * PAGE_SIZE),
      next_cursor: id(LOADED - (nth + 1) * PAGE_SIZE + 1),
      readAt: 1,
      edition: 0,
    }));
    const pageParams = [null, ...pages.slice(0, 2).map((page) => page.next_cursor)];
    client.setQueryData<ReadPages>(jobKeys.list(filters, PAGE_SIZE), { pages, pageParams });
    reader = new MissedRows(client, filters, "newest");
    const shown = new Set(jobs.map((one) => one.id));
    return () => reader.look({ missedAt: performance.now(), inSight: new Set([id(LOADED)]), shown });
  };
  const page = (filters: JobFilters, nth: number) =>
    client.getQueryData<ReadPages>(jobKeys.list(filters, PAGE_SIZE))?.pages[nth];
  const stateOf = (filters: JobFilters, n: number) =>
    page(filters, 0)?.items.find((one) => one.id === id(n))?.state;
  const settled = (filters: JobFilters) =>
    vi.waitFor(() => expect(page(filters, 0)?.readAt).toBeGreaterThan(1), { timeout: 30_000 });

  beforeEach(() => {
    forgetRecentJobs();
    vi.stubGlobal("fetch", async (request: Request) => serve(request));
    accept({ user: USER, access_token: "t", token_type: "Bearer", expires_in: 900 });
    client = new QueryClient();
    asked = [];
    isAway = false;
    jobs = Array.from({ length: LOADED }, (_, nth) => job(LOADED - nth));
  });
  afterEach(() => reader.stop());

  it("are found below all that came in since", async () => {
    const look = begin({});
    jobs = jobs.map((one) => ({ ...one, ...STARTED }));
    for (let n = 1; n <= 60; n += 1) jobs.unshift(job(LOADED + n));
    look();
    await settled({});
    expect(page({}, 0)?.items.map((one) => one.id)).toEqual(
      jobs.slice(0, 60 + PAGE_SIZE).map((one) => one.id),
    );
    expect([stateOf({}, LOADED), stateOf({}, LOADED - PAGE_SIZE + 1)]).toEqual(["running", "running"]);
    expect(asked).toHaveLength(3);
    // What is not looked at stays as it is until it is.
    expect(page({}, 1)?.readAt).toBe(1);
  });

  it("are read one by one where so much came in that they are far below", async () => {
    const look = begin({});
    jobs = jobs.map((one) => ({ ...one, ...STARTED }));
    for (let n = 1; n <= 400; n += 1) jobs.unshift(job(LOADED + n));
    look();
    await settled({});
    expect(stateOf({}, LOADED)).toBe("running");
    expect(asked).toHaveLength(4 + PAGE_SIZE);
  });

  it("are read one by one when they left the list, and go when they are no more", async () => {
    const filters: JobFilters = { state: ["running"] };
    jobs = jobs.map((one) => ({ ...one, ...STARTED }));
    const look = begin(filters);
    const done = { state: "completed", finished_at: "2026-11-24T12:00:02Z" } as const;
    jobs = jobs.map((one) => (one.id === id(LOADED - 1) ? { ...one, ...done } : one));
    jobs = jobs.filter((one) => one.id !== id(LOADED - 2));
    look();
    await settled(filters);
    expect([LOADED, LOADED - 1, LOADED - 2].map((n) => stateOf(filters, n))).toEqual([
      "running",
      "completed",
      undefined,
    ]);
    expect(asked.toSorted()).toEqual([`/jobs/${id(LOADED - 2)}`, `/jobs/${id(LOADED - 1)}`, "after none"]);
  });

  it("are asked for again by itself after a failure, until the table is left", async () => {
    vi.useFakeTimers();
    try {
      isAway = true;
      const look = begin({});
      jobs = jobs.map((one) => ({ ...one, ...STARTED }));
      look();
      await vi.advanceTimersByTimeAsync(1_000);
      look();
      await vi.advanceTimersByTimeAsync(1_000);
      expect(asked).toHaveLength(1);
      isAway = false;
      await vi.advanceTimersByTimeAsync(5_000);
      expect(stateOf({}, LOADED)).toBe("running");

      isAway = true;
      look();
      await vi.advanceTimersByTimeAsync(1_000);
      const before = asked.length;
      reader.stop();
      await vi.advanceTimersByTimeAsync(60_000);
      expect(asked).toHaveLength(before);
    } finally {
      vi.useRealTimers();
    }
  });
});

import {
  defaultScheduler,
  type InfiniteData,
  notifyManager,
  QueryClient,
  QueryObserver,
} from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { forgetRecentJobs, withNewerEvents } from "@/api/jobCache";
import { jobKeys } from "@/api/jobs";
import { accept } from "@/api/session";
import type { Job, JobCounts, JobPage, JobSummary } from "@/api/types";
import { sampleEvent, sampleJob } from "@/testJob";
import { applyJobEvents } from "./applyJobEvents";

const USER = {
  id: "u1",
  email: "mara@example.org",
  name: "Mara",
  role: "user",
  email_verified: true,
  created_at: "2026-01-01T00:00:00Z",
} as const;
const LIST = jobKeys.list({}, 50);
const NONE: JobCounts = {
  scheduled: 0,
  pending: 0,
  running: 0,
  retrying: 0,
  completed: 0,
  failed: 0,
  cancelled: 0,
  capped: false,
};
const started = (at: number, job: Job): Job => ({
  ...job,
  state: "running",
  attempt: 1,
  started_at: `2026-11-24T14:00:0${at}Z`,
});
const ended = (job: Job, state: "completed" | "failed" = "completed"): Job => ({
  ...job,
  state,
  finished_at: "2026-11-24T14:00:09Z",
});

describe("applyJobEvents", () => {
  let client: QueryClient;
  const list = () => client.getQueryData<InfiniteData<JobPage>>(LIST)?.pages.flatMap((page) => page.items);
  const detail = (job: Job) => client.getQueryData<Job>(jobKeys.detail(job.id));
  const show = (...jobs: Job[]) =>
    client.setQueryData(LIST, { pages: [{ items: jobs, next_cursor: null }], pageParams: [null] });

  beforeEach(() => {
    client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
    forgetRecentJobs();
  });
  afterEach(() => client.clear());

  it("changes a job in its list and its own entry, keeping its place and its payload", () => {
    const [one, two] = [sampleJob(), sampleJob()];
    show(one, two);
    client.setQueryData(jobKeys.detail(two.id), two);
    applyJobEvents(client, [sampleEvent("started", started(1, two))]);
    expect(list()?.map((job) => [job.id, job.state])).toEqual([
      [one.id, "pending"],
      [two.id, "running"],
    ]);
    expect(detail(two)).toMatchObject({ state: "running", payload: { seconds: 5 } });
  });

  it("does not make a list new that has none of the jobs", () => {
    show(sampleJob());
    const before = client.getQueryData(LIST);
    applyJobEvents(client, [sampleEvent("started", started(1, sampleJob()))]);
    expect(client.getQueryData(LIST)).toBe(before);
  });

  it("keeps what it heard apart, latest last and each job once, and moves no row", () => {
    const [old, second, third] = [sampleJob(), sampleJob(), sampleJob()];
    show(old);
    applyJobEvents(client, [sampleEvent("created", second)]);
    applyJobEvents(client, [sampleEvent("created", third)]);
    expect(list()).toHaveLength(1);
    applyJobEvents(client, [sampleEvent("started", started(1, second))]);
    const heard = client.getQueryData<JobSummary[]>(jobKeys.heard);
    expect(heard?.map((job) => [job.id, job.state])).toEqual([
      [third.id, "pending"],
      [second.id, "running"],
    ]);
  });

  it("moves the counts at once", () => {
    const job = sampleJob();
    show(job);
    client.setQueryData(jobKeys.counts({}), { ...NONE, pending: 1 });
    applyJobEvents(client, [
      sampleEvent("started", started(1, job)),
      sampleEvent("completed", ended(started(1, job))),
      sampleEvent("created", sampleJob()),
    ]);
    expect(client.getQueryData(jobKeys.counts({}))).toEqual({ ...NONE, pending: 1, completed: 1 });
  });

  it("never counts below zero, nor twice what it can't tell", () => {
    const job = sampleJob();
    show(job);
    client.setQueryData(jobKeys.counts({}), NONE);
    applyJobEvents(client, [
      sampleEvent("started", started(1, job)),
      sampleEvent("failed", ended(sampleJob())),
    ]);
    expect(client.getQueryData(jobKeys.counts({}))).toEqual({ ...NONE, running: 1 });
  });

  it("does not let a replayed outcome overwrite a newer run; it reads that job instead", async () => {
    const job = started(5, sampleJob());
    show(job);
    accept({ user: USER, access_token: "t", token_type: "Bearer", expires_in: 900 });
    const asked: string[] = [];
    vi.stubGlobal("fetch", async (request: Request) => {
      asked.push(new URL(request.url).pathname);
      return Response.json({ ...job, attempt: 2 });
    });
    applyJobEvents(client, [sampleEvent("failed", ended(started(1, job), "failed"))]);
    expect(list()?.[0]?.state).toBe("running");
    await vi.waitFor(() => expect(list()?.[0]?.attempt).toBe(2));
    expect(asked).toEqual([`/jobs/${job.id}`]);
  });

  it("folds a burst into one write, the last event of a job winning", () => {
    const job = sampleJob();
    show(job);
    const writes = vi.fn();
    client.getQueryCache().subscribe(({ type, query }) => {
      if (type === "updated" && query.queryHash.includes("list")) writes();
    });
    const steps = Array.from({ length: 100 }, (_, step) =>
      sampleEvent("progress", { ...started(1, job), progress: { fraction: step / 100, message: null } }),
    );
    applyJobEvents(client, steps);
    expect(list()?.[0]?.progress?.fraction).toBe(0.99);
    expect(writes).toHaveBeenCalledTimes(1);
  });

  it("tells the screens once of a batch, however many jobs and entries it touches", () => {
    const jobs = Array.from({ length: 20 }, () => sampleJob());
    show(...jobs);
    client.setQueryData(jobKeys.counts({}), { ...NONE, pending: jobs.length });
    for (const job of jobs) client.setQueryData(jobKeys.detail(job.id), job);
    const shown = [LIST, jobKeys.counts({}), ...jobs.map((job) => jobKeys.detail(job.id))];
    const ends = shown.map((queryKey) =>
      // As a screen does.
      new QueryObserver(client, { queryKey, enabled: false }).subscribe(
        notifyManager.batchCalls(() => undefined),
      ),
    );
    const told = vi.fn(defaultScheduler);
    notifyManager.setScheduler(told);
    try {
      applyJobEvents(
        client,
        jobs.map((job) => sampleEvent("started", started(1, job))),
      );
    } finally {
      notifyManager.setScheduler(defaultScheduler);
      for (const end of ends) end();
    }
    expect(client.getQueryData(jobKeys.counts({}))).toEqual({ ...NONE, running: jobs.length });
    expect(told).toHaveBeenCalledTimes(1);
  });

  it("reads the result of a job that is open when it ends, and nothing for mere progress", () => {
    const job = started(1, sampleJob());
    client.setQueryData(jobKeys.detail(job.id), job);
    client.setQueryData(jobKeys.attempts(job.id), { items: [], next_cursor: null });
    const stale = (key: readonly unknown[]) => client.getQueryState(key)?.isInvalidated;

    applyJobEvents(client, [
      sampleEvent("progress", { ...job, progress: { fraction: 0.5, message: "half" } }),
    ]);
    expect([stale(jobKeys.detail(job.id)), stale(jobKeys.attempts(job.id))]).toEqual([false, false]);
    applyJobEvents(client, [sampleEvent("completed", ended(job))]);
    expect([stale(jobKeys.detail(job.id)), stale(jobKeys.attempts(job.id))]).toEqual([true, true]);
  });

  it("lets an event win over an answer that was on its way when it came", () => {
    const job = sampleJob();
    const asked = performance.now() - 1;
    applyJobEvents(client, [sampleEvent("completed", ended(started(1, job)))]);
    expect(withNewerEvents(started(1, job), asked).state).toBe("completed");
    expect(withNewerEvents(started(1, job), performance.now() + 1).state).toBe("running");
    expect(withNewerEvents(started(7, job), asked).state).toBe("running");
  });

  it("reads the counts anew even when a list has told of the change already", async () => {
    vi.useFakeTimers();
    try {
      const job = ended(started(1, sampleJob()), "failed");
      show(job);
      client.setQueryData(jobKeys.counts({}), { ...NONE, running: 1 });
      const read = vi.fn(async () => ({ ...NONE, failed: 1 }));
      const options = { queryKey: jobKeys.counts({}), queryFn: read, meta: { live: "refetch" as const } };
      const stop = new QueryObserver(client, { ...options, staleTime: 60_000 }).subscribe(() => undefined);
      applyJobEvents(client, [sampleEvent("failed", job)]);
      await vi.advanceTimersByTimeAsync(1_000);
      stop();
      expect(client.getQueryData(jobKeys.counts({}))).toEqual({ ...NONE, failed: 1 });
    } finally {
      vi.useRealTimers();
    }
  });

  it("reads live queries anew, once a second at most", async () => {
    vi.useFakeTimers();
    try {
      const read = vi.fn(async () => NONE);
      const watch = new QueryObserver(client, {
        queryKey: jobKeys.counts({ kind: ["demo.sleep"] }),
        queryFn: read,
        meta: { live: "refetch" },
      });
      const stop = watch.subscribe(() => undefined);
      await vi.advanceTimersByTimeAsync(0);
      expect(read).toHaveBeenCalledTimes(1);
      for (let event = 0; event < 20; event += 1) {
        applyJobEvents(client, [sampleEvent("created", sampleJob())]);
        await vi.advanceTimersByTimeAsync(100);
      }
      stop();
      expect(read.mock.calls.length).toBeGreaterThanOrEqual(3);
      expect(read.mock.calls.length).toBeLessThanOrEqual(4);
    } finally {
      vi.useRealTimers();
    }
  });
});

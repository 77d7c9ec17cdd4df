import { type InfiniteData, InfiniteQueryObserver, QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { applyJobEvents } from "@/live/applyJobEvents";
import { sampleEvent, sampleJob } from "@/testJob";
import { dropJobs, forgetRecentJobs, guessJobs } from "./jobCache";
import { jobsList } from "./jobs";
import { accept } from "./session";
import type { Job, JobPage, User } from "./types";

const USER: User = {
  id: "u1",
  email: "mara@example.org",
  name: "Mara",
  role: "user",
  email_verified: true,
  created_at: "2026-01-01T00:00:00Z",
};
const STARTED = { state: "running", started_at: "2026-11-24T14:00:01Z" } as const;
const running = (job: Job) => sampleEvent("started", { ...job, ...STARTED });

describe("a list, when an answer comes that was under way", () => {
  let client: QueryClient;
  let waiting: ((page: JobPage) => void)[] = [];
  let stop = () => {};
  let list: InfiniteQueryObserver<JobPage, Error, InfiniteData<JobPage>, readonly unknown[], string | null>;
  const states = () =>
    list.getCurrentResult().data?.pages.flatMap((page) => page.items.map((job) => job.state)) ?? [];
  /** Answers the oldest question, when it is there. */
  const say = async (items: Job[], next_cursor: string | null = null) => {
    await vi.waitFor(() => expect(waiting).not.toHaveLength(0));
    waiting.shift()?.({ items, next_cursor });
  };

  beforeEach(() => {
    forgetRecentJobs();
    waiting = [];
    vi.stubGlobal("fetch", () => new Promise((done) => waiting.push((page) => done(Response.json(page)))));
    accept({ user: USER, access_token: "t", token_type: "Bearer", expires_in: 900 });
    client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
    list = new InfiniteQueryObserver(client, jobsList({})) as unknown as typeof list;
    stop = list.subscribe(() => undefined);
  });
  afterEach(() => stop());

  it("keeps what was told, guessed and dropped while its next page was read", async () => {
    const [told, guessed, dropped, next] = [sampleJob(), sampleJob(), sampleJob(), sampleJob()];
    await say([told, guessed, dropped], "more");
    await vi.waitFor(() => expect(states()).toHaveLength(3));
    const more = list.fetchNextPage();
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    applyJobEvents(client, [running(told), running(next)]);
    guessJobs(client, [guessed], (job) => ({ ...job, state: "cancelled" }));
    dropJobs(client, [dropped.id]);
    await say([next]);
    await more;
    expect(states()).toEqual(["running", "cancelled", "running"]);
  });

  it("keeps what was told after one of its pages was read anew, and before the other was", async () => {
    const [one, two, gone] = [sampleJob(), sampleJob(), sampleJob()];
    await say([one, gone], "more");
    await vi.waitFor(() => expect(states()).toHaveLength(2));
    const more = list.fetchNextPage();
    await say([two]);
    await more;
    const anew = list.refetch();
    await say([one, gone], "more");
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    applyJobEvents(client, [running(one)]);
    dropJobs(client, [gone.id]);
    await say([{ ...two, state: "retrying" }]);
    await anew;
    expect(states()).toEqual(["running", "retrying"]);
  });

  it("remembers all that is told while an answer may be under way", async () => {
    const job = sampleJob();
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    applyJobEvents(client, [running(job)]);
    for (let batch = 0; batch < 20; batch += 1) {
      applyJobEvents(
        client,
        Array.from({ length: 100 }, () => running(sampleJob())),
      );
    }
    await say([job]);
    await vi.waitFor(() => expect(states()).toEqual(["running"]));
  });
});

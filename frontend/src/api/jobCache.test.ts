import { type InfiniteData, QueryClient } from "@tanstack/react-query";
import { describe, expect, it } from "vitest";
import { sampleJob } from "@/testJob";
import { cachedJob, dropJobs, writeJobs } from "./jobCache";
import { jobKeys } from "./jobKeys";
import type { JobPage } from "./types";

const pages = (...pages: JobPage["items"][]): InfiniteData<JobPage> => ({
  pages: pages.map((items) => ({ items, next_cursor: null })),
  pageParams: pages.map(() => null),
});

describe("the cache of jobs", () => {
  const client = new QueryClient();
  const list = jobKeys.list({}, 50);
  const read = () => client.getQueryData<InfiniteData<JobPage>>(list);

  it("finds a job in any page of any list, also after it was changed there", () => {
    const [one, two] = [sampleJob(), sampleJob()];
    client.setQueryData(list, pages([one], [two]));
    expect(cachedJob(client, two.id)?.state).toBe("pending");
    const untouched = read()?.pages[0];
    writeJobs(client, new Map([[two.id, { ...two, state: "running" }]]));
    expect(cachedJob(client, two.id)?.state).toBe("running");
    // The page that has nothing of it is the same object: its rows are not drawn anew.
    expect(read()?.pages[0]).toBe(untouched);
    expect(cachedJob(client, "nobody")).toBeUndefined();
  });

  it("takes a discarded job out of every place", () => {
    const [one, two] = [sampleJob(), sampleJob()];
    client.setQueryData(list, pages([one, two]));
    client.setQueryData(jobKeys.detail(one.id), one);
    client.setQueryData(jobKeys.heard, [one, two]);
    dropJobs(client, [one.id]);
    expect(read()?.pages[0]?.items).toEqual([two]);
    expect(client.getQueryData(jobKeys.heard)).toEqual([two]);
    expect(cachedJob(client, one.id)).toBeUndefined();
  });
});

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { applyJobEvents } from "@/live/applyJobEvents";
import { sampleEvent, sampleJob } from "@/testJob";
import { forgetRecentJobs } from "./jobCache";
import { useCancelJob, useEditJob, useRetryJob, useSubmitJob } from "./jobMutations";
import { jobKeys } from "./jobs";
import { accept } from "./session";
import type { Job } from "./types";

const USER = {
  id: "u1",
  email: "mara@example.org",
  name: "Mara",
  role: "user",
  email_verified: true,
  created_at: "2026-01-01T00:00:00Z",
} as const;

/** The server answers when the test says so. */
function slowServer() {
  const asked: string[] = [];
  const pending: ((response: Response) => void)[] = [];
  vi.stubGlobal("fetch", (request: Request) => {
    asked.push(`${request.method} ${new URL(request.url).pathname}`);
    return new Promise<Response>((resolve) => pending.push(resolve));
  });
  const answer = (response: Response) => pending.shift()?.(response);
  return { asked, answer };
}

describe("mutations", () => {
  let client: QueryClient;
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  const shown = (id: string) => client.getQueryData<Job>(jobKeys.detail(id));

  beforeEach(() => {
    client = new QueryClient();
    forgetRecentJobs();
    accept({ user: USER, access_token: "t", token_type: "Bearer", expires_in: 900 });
  });

  it("shows a retry before the server has answered", async () => {
    const job = sampleJob({ state: "failed", finished_at: "2026-11-24T14:00:09Z", attempt: 5 });
    client.setQueryData(jobKeys.detail(job.id), job);
    const server = slowServer();
    const { result } = renderHook(useRetryJob, { wrapper });
    act(() => result.current.mutate(job.id));
    await waitFor(() => expect(shown(job.id)).toMatchObject({ state: "pending", finished_at: null }));
    await waitFor(() => expect(server.asked).toEqual([`POST /jobs/${job.id}/retry`]));
    server.answer(Response.json({ ...job, state: "pending", finished_at: null, max_attempts: 10 }));
    await waitFor(() => expect(shown(job.id)?.max_attempts).toBe(10));
  });

  it("takes it back when the server refuses, by reading what is", async () => {
    const job = sampleJob();
    client.setQueryData(jobKeys.detail(job.id), job);
    const server = slowServer();
    const { result } = renderHook(useCancelJob, { wrapper });
    act(() => result.current.mutate(job.id));
    await waitFor(() => expect(shown(job.id)?.state).toBe("cancelled"));
    await waitFor(() => expect(server.asked).toHaveLength(1));
    server.answer(Response.json({ detail: "It has finished." }, { status: 409 }));
    await waitFor(() => expect(server.asked).toHaveLength(2));
    server.answer(
      Response.json({
        ...job,
        state: "completed",
        started_at: "2026-11-24T14:00:01Z",
        finished_at: "2026-11-24T14:00:02Z",
      }),
    );
    await waitFor(() => expect(shown(job.id)?.state).toBe("completed"));
    expect(result.current.error).toMatchObject({ status: 409, message: "It has finished." });
  });

  it("leaves what was heard of a job since where an edit of it is refused", async () => {
    const job = sampleJob({ priority: "low" });
    client.setQueryData(jobKeys.detail(job.id), job);
    const server = slowServer();
    const { result } = renderHook(useEditJob, { wrapper });
    const seen: (string | undefined)[] = [];
    client.getQueryCache().subscribe(() => seen.push(shown(job.id)?.state));
    act(() => result.current.mutate({ id: job.id, change: { priority: "high" } }));
    await waitFor(() => expect(shown(job.id)?.priority).toBe("high"));
    await waitFor(() => expect(server.asked).toHaveLength(1));
    const started = { ...job, state: "running" as const, started_at: "2026-11-24T14:00:01Z", attempt: 1 };
    applyJobEvents(client, [sampleEvent("started", started)]);
    seen.length = 0;
    server.answer(Response.json({ detail: "It has started." }, { status: 409 }));
    await waitFor(() => expect(server.asked).toHaveLength(2));
    server.answer(Response.json(started));
    await waitFor(() => expect(result.current.isError).toBe(true));
    expect(shown(job.id)).toMatchObject({ state: "running", priority: "low" });
    expect(new Set(seen)).toEqual(new Set(["running"]));
  });

  it("takes an edit back that was refused, with nothing heard since", async () => {
    const job = sampleJob({ priority: "low" });
    client.setQueryData(jobKeys.detail(job.id), job);
    const server = slowServer();
    const { result } = renderHook(useEditJob, { wrapper });
    act(() => result.current.mutate({ id: job.id, change: { priority: "high" } }));
    await waitFor(() => expect(server.asked).toHaveLength(1));
    server.answer(Response.json({ detail: "No." }, { status: 422 }));
    await waitFor(() => expect(shown(job.id)?.priority).toBe("low"));
  });

  it("asks a running job to stop, which runs on until it does", async () => {
    const job = sampleJob({ state: "running", started_at: "2026-11-24T14:00:01Z" });
    client.setQueryData(jobKeys.detail(job.id), job);
    slowServer();
    const { result } = renderHook(useCancelJob, { wrapper });
    act(() => result.current.mutate(job.id));
    await waitFor(() => expect(shown(job.id)).toMatchObject({ state: "running", cancel_requested: true }));
  });

  it("does not fall back to 'pending' when a quick job ended before the answer to its submit", async () => {
    const job = sampleJob();
    const server = slowServer();
    const { result } = renderHook(useSubmitJob, { wrapper });
    act(() => result.current.mutate({ job: { kind: job.kind }, idempotencyKey: "k" }));
    await waitFor(() => expect(server.asked).toEqual(["POST /jobs"]));
    const ended = {
      ...job,
      state: "completed" as const,
      started_at: "2026-11-24T14:00:01Z",
      finished_at: "2026-11-24T14:00:02Z",
    };
    applyJobEvents(client, [sampleEvent("completed", ended)]);
    server.answer(Response.json(job, { status: 201 }));
    await waitFor(() => expect(shown(job.id)?.state).toBe("completed"));
    expect(client.getQueryState(jobKeys.detail(job.id))?.isInvalidated).toBe(true);
  });
});

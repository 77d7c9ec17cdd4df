import { type InfiniteData, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { toast } from "sonner";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { forgetRecentJobs } from "@/api/jobCache";
import { jobKeys } from "@/api/jobs";
import type { JobPage, JobSummary } from "@/api/types";
import { applyJobEvents } from "@/live/applyJobEvents";
import { sampleEvent, sampleJob } from "@/testJob";
import { Toasts } from "@/ui/Toasts";
import { useBulkJobs } from "./useBulkJobs";

let asked: { path: string; ids: string[] }[] = [];
/** The answer of a bulk call waits for the test. */
let answerNow: (response: HttpResponse<object>) => void = () => {};
const server = setupServer(
  http.post("*/token/refresh", () =>
    HttpResponse.json({ user: { id: "u" }, access_token: "t", token_type: "Bearer", expires_in: 900 }),
  ),
  http.post("*/jobs/:verb", async ({ request }) => {
    const { ids } = (await request.json()) as { ids: string[] };
    asked.push({ path: new URL(request.url).pathname, ids });
    return await new Promise<HttpResponse<object>>((resolve) => {
      answerNow = resolve;
    });
  }),
);
beforeAll(() => server.listen());
afterEach(async () => {
  server.resetHandlers();
  // Messages outlive what shows them: one of the test before would be taken for one of the next.
  toast.dismiss();
  await waitFor(() => expect(document.querySelector("[data-sonner-toast]")).toBeNull());
});
afterAll(() => server.close());

function CancelAll({ jobs }: { jobs: readonly JobSummary[] }) {
  const bulk = useBulkJobs();
  return (
    <button type="button" onClick={() => void bulk.run("cancel", { jobs })}>
      Cancel all
    </button>
  );
}

describe("a change of picked rows in a long list", () => {
  let client: QueryClient;
  const LIST = jobKeys.list({}, 50);
  const states = () =>
    client
      .getQueryData<InfiniteData<JobPage>>(LIST)
      ?.pages.flatMap((page) => page.items.map((job) => job.state));
  const missedAt = () => client.getQueryData<number>(jobKeys.missedAt);

  const show = async (jobs: JobSummary[]) => {
    const [first, ...others] = jobs;
    const pages = [[first], others, []].map((items) => ({ items, next_cursor: null, readAt: 1, edition: 0 }));
    client.setQueryData(LIST, { pages, pageParams: [null, "a", "b"] });
    render(
      <QueryClientProvider client={client}>
        <CancelAll jobs={jobs} />
        <Toasts />
      </QueryClientProvider>,
    );
    await userEvent.click(screen.getByRole("button", { name: "Cancel all" }));
    await waitFor(() => expect(asked).toHaveLength(1));
  };

  beforeEach(() => {
    forgetRecentJobs();
    client = new QueryClient();
    asked = [];
  });

  it("is taken back when the server could not be asked, but for jobs that were heard of since", async () => {
    const [one, two] = [sampleJob(), sampleJob()];
    await show([one, two]);
    expect(states()).toEqual(["cancelled", "cancelled"]);
    const ran = { ...two, state: "completed", finished_at: "2026-11-24T14:00:09Z" } as const;
    applyJobEvents(client, [sampleEvent("completed", { ...ran, started_at: "2026-11-24T14:00:01Z" })]);
    answerNow(HttpResponse.json({ detail: "The database is away." }, { status: 503 }));
    expect(await screen.findByText("The jobs could not be cancelled")).toBeInTheDocument();
    expect(states()).toEqual(["pending", "completed"]);
    expect(missedAt()).toBeGreaterThan(0);
  });

  it("has the rows read anew when some were skipped, which is not said by id", async () => {
    await show([sampleJob(), sampleJob()]);
    expect(missedAt()).toBeUndefined();
    answerNow(HttpResponse.json({ changed: 1, skipped: 1 }));
    await screen.findByText("Cancelled 1 job");
    expect(missedAt()).toBeGreaterThan(0);
  });

  it("can be undone where all of them waited in line", async () => {
    const jobs = [sampleJob(), sampleJob()];
    await show(jobs);
    answerNow(HttpResponse.json({ changed: 2, skipped: 0 }));
    // At once: the message goes by itself.
    fireEvent.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(asked).toHaveLength(2));
    expect(asked[1]).toEqual({ path: "/jobs/retry", ids: jobs.map((job) => job.id) });
    expect(states()).toEqual(["pending", "pending"]);
    answerNow(HttpResponse.json({ changed: 2, skipped: 0 }));
    const told = await screen.findByText("Retried 2 jobs");
    await waitFor(() => expect(screen.queryByRole("button", { name: "Undo" })).toBeNull());
    // The message of what was undone has gone, and has not taken this one along.
    expect(told).toBeInTheDocument();
  });

  it("is not undone on screen when the undo fails", async () => {
    await show([sampleJob()]);
    answerNow(HttpResponse.json({ changed: 1, skipped: 0 }));
    // At once: the message goes by itself.
    fireEvent.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(asked).toHaveLength(2));
    answerNow(HttpResponse.json({ detail: "The database is away." }, { status: 503 }));
    expect(await screen.findByText("The jobs could not be retried")).toBeInTheDocument();
    expect(states()).toEqual(["cancelled"]);
  });
});

import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { JobState, JobSummary } from "@/api/types";
import { applyJobEvents } from "@/live/applyJobEvents";
import type { JobEvent } from "@/live/protocol";
import { summaryWith } from "../jobFixtures";
import { showScreen } from "../showScreen";
import { jobsSearch } from "./filters";
import { JobsScreen } from "./JobsScreen";

const id = (n: number) => `01a20ddc-c067-7b34-be99-${n.toString(16).padStart(12, "0")}`;
const job = (n: number, part: Partial<JobSummary> = {}) => summaryWith({ id: id(n), ...part });
const event = (n: number, name: string, part: Partial<JobSummary> = {}): JobEvent => ({
  type: "job",
  event: name,
  id: `e${n}-${name}`,
  cursor: "c",
  job: job(n, part),
});
const COUNTS = {
  scheduled: 0,
  pending: 2,
  running: 0,
  retrying: 0,
  completed: 0,
  failed: 1,
  cancelled: 0,
  capped: false,
};

let jobs: JobSummary[] = [];
let asked: { path: string; body: string }[] = [];
const bulk = (path: string) =>
  http.post(path, async ({ request }) => {
    const body = await request.text();
    asked.push({ path: new URL(request.url).pathname, body });
    return HttpResponse.json({ changed: (JSON.parse(body) as { ids: string[] }).ids.length, skipped: 0 });
  });
const server = setupServer(
  http.post("*/token/refresh", () =>
    HttpResponse.json({ user: { id: "u" }, access_token: "t", token_type: "Bearer", expires_in: 900 }),
  ),
  http.get("*/jobs/counts", () => HttpResponse.json(COUNTS)),
  http.get("*/kinds", () => HttpResponse.json({ items: [], next_cursor: null })),
  http.get("*/jobs", ({ request }) => {
    const states = new URL(request.url).searchParams.getAll("state");
    const items = jobs.filter((one) => states.length === 0 || states.includes(one.state));
    return HttpResponse.json({ items, next_cursor: null });
  }),
  bulk("*/jobs/retry"),
  bulk("*/jobs/cancel"),
);
beforeAll(() => server.listen());
beforeEach(() => {
  jobs = [job(3), job(2, { state: "failed", error: { type: "Boom", message: "it broke" } }), job(1)];
  asked = [];
  // Without a layout engine nothing has a height, and no row would be in sight.
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(800);
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(1_200);
});
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const show = (search = "") =>
  showScreen(`/jobs${search}`, {
    "/jobs": (given) => <JobsScreen search={jobsSearch(given)} />,
    "/jobs/$id": () => <h1>The job</h1>,
  });
const rowOf = (n: number) => document.querySelector(`[data-job="${id(n)}"]`) as HTMLElement;
const stateOf = (n: number) => rowOf(n).querySelector("[data-state]")?.getAttribute("data-state") as JobState;
const order = () =>
  [...document.querySelectorAll("[data-job]")].map((row) =>
    Number(`0x${row.getAttribute("data-job")?.slice(-4)}`),
  );

describe("the jobs table", () => {
  it("shows each job with its state and error, and how many there are in each state", async () => {
    await show();
    await waitFor(() => expect(order()).toEqual([3, 2, 1]));
    expect(stateOf(2)).toBe("failed");
    expect(within(rowOf(2)).getAllByText("Boom: it broke")[0]).toBeInTheDocument();
    expect(screen.getByRole("link", { name: /^Failed/ })).toHaveTextContent("Failed1");
    expect(screen.getByText("3 jobs match")).toBeInTheDocument();
  });

  it("changes rows in place by events, and holds new jobs back until they are asked for", async () => {
    const { queryClient, person } = await show();
    await waitFor(() => expect(order()).toEqual([3, 2, 1]));
    const newer = job(4);
    jobs = [newer, ...jobs];
    applyJobEvents(queryClient, [
      event(1, "started", { state: "running", started_at: "2026-11-24T12:00:01Z" }),
      event(4, "created"),
    ]);
    await waitFor(() => expect(stateOf(1)).toBe("running"));
    expect(await screen.findByRole("button", { name: "1 new" })).toBeInTheDocument();
    expect(order()).toEqual([3, 2, 1]);
    await person.keyboard(".");
    await waitFor(() => expect(order()).toEqual([4, 3, 2, 1]));
    expect(screen.queryByRole("button", { name: "1 new" })).toBeNull();
  });

  it("tells of a job that came into a state's tab, also when its earlier events were never seen", async () => {
    const { queryClient } = await show("?state=failed");
    await waitFor(() => expect(order()).toEqual([2]));
    applyJobEvents(queryClient, [
      event(9, "failed", { state: "failed", finished_at: "2026-11-24T12:00:05Z" }),
    ]);
    expect(await screen.findByRole("button", { name: "1 new" })).toBeInTheDocument();
  });

  it("shows what comes into an empty table at once", async () => {
    const { queryClient } = await show("?state=completed");
    await screen.findByRole("heading", { name: "No completed jobs" });
    const done = { state: "completed", finished_at: "2026-11-24T12:00:05Z" } as const;
    jobs = [job(9, done)];
    applyJobEvents(queryClient, [event(9, "completed", done)]);
    await waitFor(() => expect(order()).toEqual([9]));
    expect(screen.queryByRole("button", { name: "1 new" })).toBeNull();
  });

  it("works by keyboard: move, select, open, copy away, filter", async () => {
    const { person, history } = await show();
    await waitFor(() => expect(order()).toEqual([3, 2, 1]));
    await person.keyboard("jjx");
    expect(rowOf(2)).toHaveAttribute("aria-selected", "true");
    await person.keyboard("jX");
    expect(screen.getByText("2 selected")).toBeInTheDocument();
    await person.keyboard("{Escape}");
    expect(screen.queryByText("2 selected")).toBeNull();
    await person.keyboard("f");
    await waitFor(() => expect(history.location.search).toBe("?state=failed"));
    await waitFor(() => expect(order()).toEqual([2]));
    await person.keyboard("j{Enter}");
    await screen.findByRole("heading", { name: "The job" });
    expect(history.location.pathname).toBe(`/app/jobs/${id(2)}`);
  });

  it("acts on the picked rows that an action can touch, at once on screen and in one call", async () => {
    const { person } = await show();
    await waitFor(() => expect(order()).toEqual([3, 2, 1]));
    const picks = screen.getAllByRole("checkbox");
    await person.click(picks[1] as HTMLElement);
    await person.keyboard("{Shift>}");
    await person.click(picks[3] as HTMLElement);
    await person.keyboard("{/Shift}");
    expect(screen.getByText("3 selected")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: /^Cancel 2/ })).toBeEnabled();
    await person.click(screen.getByRole("button", { name: /^Retry 1/ }));
    await waitFor(() =>
      expect(asked).toEqual([{ path: "/jobs/retry", body: JSON.stringify({ ids: [id(2)] }) }]),
    );
  });

  it("says what is missing: no job yet, no match, no answer", async () => {
    jobs = [];
    await show("?state=failed&kind=email.send");
    expect(await screen.findByText("No failed email.send jobs")).toBeInTheDocument();
    expect(await screen.findByRole("link", { name: "Show all 3" })).toHaveAttribute("href", "/app/jobs");
  });

  it("says why the list could not be read, and tries again", async () => {
    server.use(
      http.get("*/jobs", () =>
        HttpResponse.json(
          { title: "Unavailable", status: 503, detail: "The database is away." },
          { status: 503, headers: { "Content-Type": "application/problem+json" } },
        ),
      ),
    );
    const { person } = await show();
    expect(await screen.findByText("The list could not be read")).toBeInTheDocument();
    server.resetHandlers();
    await person.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(order()).toEqual([3, 2, 1]));
  });
});

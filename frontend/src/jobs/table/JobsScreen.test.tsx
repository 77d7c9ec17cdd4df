import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { JobState, JobSummary } from "@/api/types";
import { applyJobEvents } from "@/live/applyJobEvents";
import { readMissed } from "@/live/poll";
import type { JobEvent } from "@/live/protocol";
import { Toasts } from "@/ui/Toasts";
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
let searches: string[] = [];
let asked: { path: string; body: string }[] = [];
const bulk = (path: string) =>
  http.post(path, async ({ request }) => {
    const body = await request.text();
    asked.push({ path: new URL(request.url).pathname, body });
    const { ids } = JSON.parse(body) as { ids?: string[] };
    return HttpResponse.json({ changed: ids?.length ?? 3, skipped: 0 });
  });
const server = setupServer(
  http.post("*/token/refresh", () =>
    HttpResponse.json({ user: { id: "u" }, access_token: "t", token_type: "Bearer", expires_in: 900 }),
  ),
  http.get("*/jobs/counts", () => HttpResponse.json(COUNTS)),
  http.get("*/kinds", () => HttpResponse.json({ items: [], next_cursor: null })),
  http.get("*/jobs", ({ request }) => {
    const { searchParams } = new URL(request.url);
    searches.push(searchParams.toString());
    const states = searchParams.getAll("state");
    const items = jobs.filter((one) => states.length === 0 || states.includes(one.state));
    return HttpResponse.json({ items, next_cursor: null });
  }),
  bulk("*/jobs/retry"),
  bulk("*/jobs/cancel"),
  bulk("*/jobs/discard"),
);
beforeAll(() => server.listen());
beforeEach(() => {
  jobs = [job(3), job(2, { state: "failed", error: { type: "Boom", message: "it broke" } }), job(1)];
  asked = [];
  searches = [];
  // Without a layout engine nothing has a height, and no row would be in sight.
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(800);
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(1_200);
});
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const show = (search = "") =>
  showScreen(`/jobs${search}`, {
    "/jobs": (given) => (
      <>
        <JobsScreen search={jobsSearch(given)} />
        <Toasts />
      </>
    ),
    "/jobs/$id": () => <h1>The job</h1>,
  });
const rowOf = (n: number) => document.querySelector(`[data-job="${id(n)}"]`) as HTMLElement;
const stateOf = (n: number) => rowOf(n).querySelector("[data-state]")?.getAttribute("data-state") as JobState;
const order = () =>
  [...document.querySelectorAll("[data-job]")].map((row) =>
    Number(`0x${row.getAttribute("data-job")?.slice(-4)}`),
  );

describe("the order", () => {
  it("is chosen from a menu, by keyboard too, and stands in the address", async () => {
    const { person, history } = await show("?kind=demo.sleep");
    await waitFor(() => expect(order()).toEqual([3, 2, 1]));
    screen.getByRole("button", { name: "Order: Newest first" }).focus();
    await person.keyboard("{Enter}");
    const oldest = await screen.findByRole("menuitemradio", { name: "Oldest first" });
    expect(screen.getByRole("menuitemradio", { name: "Newest first" })).toBeChecked();
    jobs = jobs.toReversed();
    await person.click(oldest);
    await waitFor(() => expect(history.location.search).toBe("?kind=demo.sleep&order=oldest"));
    await waitFor(() => expect(order()).toEqual([1, 2, 3]));
    expect(searches.at(-1)).toContain("order=oldest");
    expect(screen.getByRole("button", { name: "Clear" })).toBeInTheDocument();
  });

  it("lists those that wait alone where the next come first, and counts and takes no others", async () => {
    const { person } = await show("?order=next");
    await waitFor(() => expect(order()).toEqual([3, 1]));
    expect(searches.at(-1)).toBe("state=scheduled&state=pending&state=retrying&limit=50&order=next");
    expect(screen.getByText("2 jobs match")).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Clear" })).toBeNull();
    await person.click(within(rowOf(3)).getByRole("checkbox"));
    await person.click(screen.getByRole("button", { name: "Select all 2" }));
    expect(screen.getByRole("button", { name: /^Discard 0/ })).toBeDisabled();
    await person.click(screen.getByRole("button", { name: /^Cancel 2/ }));
    await person.click(await screen.findByRole("button", { name: "Cancel 2 jobs" }));
    await waitFor(() => expect(asked).toHaveLength(1));
    expect(JSON.parse(asked[0]?.body ?? "")).toEqual({
      filter: { state: ["scheduled", "pending", "retrying"] },
    });
  });
});

describe("a list that was scrolled far", () => {
  const PAGE = 50;
  const scrollTo = (top: number) => {
    const scroller = screen.getByRole("table", { name: "Jobs" }).parentElement as HTMLElement;
    scroller.scrollTop = top;
    scroller.dispatchEvent(new Event("scroll"));
  };
  beforeEach(() => {
    jobs = Array.from({ length: 4 * PAGE }, (_, nth) => job(4 * PAGE - nth));
    server.use(
      http.get("*/jobs", ({ request }) => {
        const from = Number(new URL(request.url).searchParams.get("cursor") ?? 0);
        searches.push(String(from));
        // By place among the jobs of the beginning, as a cursor of ids would be.
        const old = jobs.findIndex((one) => one.id === id(4 * PAGE));
        const start = from === 0 ? 0 : old + from;
        const items = jobs.slice(start, start + PAGE);
        const next = start + PAGE < jobs.length ? String(start + PAGE - old) : null;
        return HttpResponse.json({ items, next_cursor: next });
      }),
    );
  });

  it("is read anew where one looks, after more happened than was told", async () => {
    const { queryClient, person } = await show();
    await waitFor(() => expect(order()).toContain(4 * PAGE));
    for (const loaded of [1, 2, 3, 4]) {
      await waitFor(() => expect(searches).toHaveLength(loaded));
      scrollTo(36 * (PAGE * loaded - 22));
    }
    await waitFor(() => expect(order()).toContain(1));

    jobs = [job(4 * PAGE + 1), ...jobs.map((one) => ({ ...one, state: "running" as const }))];
    searches = [];
    readMissed(queryClient);
    await waitFor(() => expect(stateOf(1)).toBe("running"));
    expect(await screen.findByRole("button", { name: "1 new" })).toBeInTheDocument();
    // The row that was pushed off the first page is found on the one below.
    expect(searches).toEqual(["0", "49", "150"]);

    scrollTo(36 * 60);
    await waitFor(() => expect(stateOf(4 * PAGE - 75)).toBe("running"));
    expect(searches.slice(3)).toEqual(["50"]);
    expect(order()).toEqual(order().toSorted((a, b) => b - a));
    await person.click(screen.getByRole("button", { name: "1 new" }));
    scrollTo(0); // as a browser says that it did
    await waitFor(() => expect(order()[0]).toBe(4 * PAGE + 1));
  });
});

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

  it("still counts a job that was told of while the new ones were read", async () => {
    const { queryClient, person } = await show();
    await waitFor(() => expect(order()).toEqual([3, 2, 1]));
    applyJobEvents(queryClient, [event(4, "created")]);
    await screen.findByRole("button", { name: "1 new" });
    let answerNow = () => {};
    const waits = new Promise<void>((resolve) => {
      answerNow = resolve;
    });
    server.use(
      http.get("*/jobs", async () => {
        const items = [job(4), ...jobs];
        await waits;
        return HttpResponse.json({ items, next_cursor: null });
      }),
    );
    await person.keyboard(".");
    applyJobEvents(queryClient, [event(5, "created")]);
    await screen.findByRole("button", { name: "2 new" });
    answerNow();
    await waitFor(() => expect(order()).toEqual([4, 3, 2, 1]));
    expect(await screen.findByRole("button", { name: "1 new" })).toBeInTheDocument();
  });

  it("goes on to count the new ones when they could not be read, and says so", async () => {
    const { queryClient, person } = await show();
    await waitFor(() => expect(order()).toEqual([3, 2, 1]));
    applyJobEvents(queryClient, [event(4, "created")]);
    await screen.findByRole("button", { name: "1 new" });
    server.use(
      http.get("*/jobs", () => HttpResponse.json({ detail: "The database is away." }, { status: 503 })),
    );
    await person.keyboard(".");
    expect(await screen.findByText("The new jobs could not be read")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "1 new" })).toBeInTheDocument();
    expect(order()).toEqual([3, 2, 1]);
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

  it("takes all that match, says how many that is, and acts on what one has seen", async () => {
    server.use(http.get("*/jobs/counts", () => HttpResponse.json({ ...COUNTS, pending: 900, failed: 64 })));
    const { person } = await show("?kind=demo.sleep");
    await waitFor(() => expect(order()).toEqual([3, 2, 1]));
    await person.click(screen.getAllByRole("checkbox")[1] as HTMLElement);
    await person.click(await screen.findByRole("button", { name: "Select all 964" }));
    expect(screen.getByText("964 selected")).toBeInTheDocument();
    await person.click(screen.getByRole("button", { name: /^Retry 64/ }));
    const dialog = await screen.findByRole("dialog", { name: "Retry 64 jobs?" });
    expect(asked).toEqual([]);
    await person.click(within(dialog).getByRole("button", { name: "Retry 64 jobs" }));
    await waitFor(() => expect(asked).toHaveLength(1));
    expect(JSON.parse(asked[0]?.body ?? "")).toEqual({
      filter: {
        kind: ["demo.sleep"],
        state: ["failed", "cancelled", "retrying"],
        created_before: "2026-11-24T12:00:00.001Z",
      },
    });
    await waitFor(() => expect(screen.queryByText("964 selected")).toBeNull());
  });

  it("asks before it discards picked rows, and takes them away", async () => {
    const { person } = await show();
    await waitFor(() => expect(order()).toEqual([3, 2, 1]));
    await person.click(screen.getAllByRole("checkbox")[2] as HTMLElement);
    await person.click(screen.getByRole("button", { name: /^Discard 1/ }));
    const dialog = await screen.findByRole("dialog", { name: "Discard 1 job?" });
    jobs = [job(3), job(1)];
    await person.click(within(dialog).getByRole("button", { name: "Discard 1 job" }));
    await waitFor(() => expect(asked.map(({ path }) => path)).toEqual(["/jobs/discard"]));
    await waitFor(() => expect(order()).toEqual([3, 1]));
  });

  it("searches when one stops typing, and keeps the text in the URL", async () => {
    const { person, history } = await show();
    await waitFor(() => expect(order()).toEqual([3, 2, 1]));
    await person.keyboard("/");
    const box = screen.getByRole("searchbox", { name: "Search jobs" });
    expect(box).toHaveFocus();
    await person.keyboard("no route");
    await waitFor(() => expect(history.location.search).toBe("?q=no+route"));
    expect(box).toHaveFocus();
    await waitFor(() => expect(searches.at(-1)).toContain("q=no+route"));
    await person.keyboard("{Escape}");
    await waitFor(() => expect(history.location.search).toBe(""));
  });

  it("keeps filters under a name, and opens them again", async () => {
    localStorage.clear();
    const { person, history } = await show("?state=failed&kind=demo.sleep");
    await person.click(await screen.findByRole("button", { name: "Views" }));
    await person.type(await screen.findByLabelText("Keep these filters as"), "Sleepers");
    await person.click(screen.getByRole("button", { name: "Save" }));
    await person.keyboard("{Escape}");
    await person.click(screen.getByRole("button", { name: "Clear" }));
    await waitFor(() => expect(history.location.search).toBe(""));
    await person.click(screen.getByRole("button", { name: "Views" }));
    await person.click(await screen.findByRole("button", { name: "Sleepers" }));
    await waitFor(() => expect(history.location.search).toBe("?state=failed&kind=demo.sleep"));
  });

  it("shows no time to come for a job that was cancelled before it", async () => {
    const later = new Date(Date.now() + 3_600_000).toISOString();
    jobs = [job(1, { state: "cancelled", run_at: later, finished_at: new Date().toISOString() })];
    await show();
    await waitFor(() => expect(order()).toEqual([1]));
    expect(within(rowOf(1)).getByText("never")).toBeInTheDocument();
    expect(within(rowOf(1)).queryByText(/^in\s/)).toBeNull();
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

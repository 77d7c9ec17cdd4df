import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { accept } from "@/api/session";
import type { Attempt, ErrorGroup, Job, LogLine, TimelineEvent } from "@/api/types";
import { applyJobEvents } from "@/live/applyJobEvents";
import { Toasts } from "@/ui/Toasts";
import { at, attemptWith, eventWith, jobWith } from "../jobFixtures";
import { showScreen } from "../showScreen";
import { leaveTrail } from "../trail";
import { JobPage } from "./JobPage";

const ID = jobWith().id;
let job: Job;
let attempts: Attempt[] = [];
let asked: string[] = [];
let events: TimelineEvent[] = [];
let lines: LogLine[] = [];
let groups: ErrorGroup[] = [];
const page = (items: readonly unknown[]) => HttpResponse.json({ items, next_cursor: null });
const problem = (status: number, body: object) =>
  HttpResponse.json(body, { status, headers: { "Content-Type": "application/problem+json" } });
/** A number that JavaScript would round can only be written as text. */
const answer = (one: Job = job) =>
  HttpResponse.text(JSON.stringify(one).replace('"@big"', "9007199254740993"));
const act = (verb: string, change: Partial<Job>) =>
  http.post(`*/jobs/${ID}/${verb}`, () => {
    asked.push(verb);
    job = { ...job, ...change };
    return answer();
  });
const server = setupServer(
  http.post("*/token/refresh", () =>
    HttpResponse.json({ user: { id: "u" }, access_token: "t", token_type: "Bearer", expires_in: 900 }),
  ),
  http.get("*/kinds", () => page([])),
  http.get("*/jobs/counts", () => HttpResponse.json({})),
  http.get("*/jobs/errors", ({ request }) => {
    const asksOfOne = new URL(request.url).searchParams.get("q") === ID;
    return page(groups.map((group) => (asksOfOne ? { ...group, count: 1 } : group)));
  }),
  http.get(`*/jobs/${ID}`, ({ request }) => {
    if (!new URL(request.url).searchParams.has("reveal")) return answer();
    asked.push("reveal");
    return answer({ ...job, payload: { token: "s3cret" } });
  }),
  http.get(`*/jobs/${ID}/attempts`, () => page(attempts)),
  http.get(`*/jobs/${ID}/events`, () => page(events)),
  http.get(`*/jobs/${ID}/logs`, ({ request }) => {
    const after = new URL(request.url).searchParams.get("after");
    return page(lines.filter(({ id }) => after === null || id > after));
  }),
  http.get(`*/jobs/${ID}/why`, () =>
    HttpResponse.json({
      reason: "waiting_turn",
      detail: "It waits for its turn in queue default.",
      ahead: { mine: 0, all: null },
      expected_start_at: null,
    }),
  ),
  http.patch(`*/jobs/${ID}`, async ({ request }) => {
    const change = (await request.json()) as Partial<Job>;
    asked.push(`patch ${JSON.stringify(change)}`);
    job = { ...job, ...change };
    return answer();
  }),
  http.delete(`*/jobs/${ID}`, () => {
    asked.push("delete");
    return new HttpResponse(null, { status: 204 });
  }),
  act("retry", { state: "pending", finished_at: null, max_attempts: 10 }),
  act("cancel", { state: "cancelled", finished_at: at(9) }),
);
beforeAll(() => server.listen());
afterEach(() => {
  server.resetHandlers();
  asked = [];
  attempts = [];
  events = [];
  lines = [];
  groups = [];
});
afterAll(() => server.close());

const show = (part: Partial<Job>) => {
  job = jobWith(part);
  return showScreen(`/jobs/${ID}`, {
    "/jobs/$id": () => <JobPage id={ID} />,
    "/jobs": () => (
      <>
        <h1>The table</h1>
        <Toasts />
      </>
    ),
    "/jobs/new": ({ from }) => <h1>A copy of {String(from)}</h1>,
  });
};

describe("the job page", () => {
  it("shows why a job failed, its traceback, and its payload with every digit; r retries it", async () => {
    const error = { type: "Boom", message: "it broke" };
    attempts = [
      attemptWith({
        run: 1,
        started_at: at(1),
        finished_at: at(2),
        error: { ...error, traceback: 'Traceback:\n  File "a.py", line 3, in f\nBoom: it broke' },
      }),
    ];
    const { person } = await show({
      state: "failed",
      attempt: 5,
      error,
      payload: { order: "@big" },
      started_at: at(1),
      finished_at: at(2),
    });
    expect(await screen.findByText("Failed for good: it broke.")).toBeInTheDocument();
    expect(screen.getByText("9007199254740993")).toBeInTheDocument();
    expect(await screen.findByText('"a.py"')).toBeInTheDocument();
    await person.keyboard("r");
    await waitFor(() => expect(asked).toEqual(["retry"]));
    expect(await screen.findByText("Waits for its turn in queue default.")).toBeInTheDocument();
    expect(screen.getByText("9007199254740993")).toBeInTheDocument();
  });

  it("cancels a waiting job by c, and offers only what its state allows", async () => {
    const { person } = await show({ state: "pending" });
    await screen.findByText("Waits for its turn in queue default.");
    await person.keyboard("rc");
    await waitFor(() => expect(asked).toEqual(["cancel"]));
    expect(await screen.findByText("Cancelled before it started.")).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: /^Cancel/ })).toBeNull();
  });

  it("follows the events of its job, and reads the result when it is done", async () => {
    const { queryClient } = await show({ state: "running", started_at: at(1), attempt: 1 });
    await screen.findByText("Running.");
    const progress = { fraction: 0.5, message: "half of it" };
    const event = { type: "job", cursor: "c" } as const;
    applyJobEvents(queryClient, [{ ...event, id: "1", event: "progress", job: { ...job, progress } }]);
    expect(await screen.findByText(/half of it/)).toBeInTheDocument();
    job = { ...job, state: "completed", finished_at: at(5), result: { done: true } };
    const { payload: _payload, result: _result, ...summary } = job;
    applyJobEvents(queryClient, [{ ...event, id: "2", event: "completed", job: summary }]);
    expect(await screen.findByText("Completed in 4.0 s.")).toBeInTheDocument();
    expect(await screen.findByText('"done"')).toBeInTheDocument();
  });

  it("says the same of a job that is not there and of somebody else's", async () => {
    server.use(
      http.get(`*/jobs/${ID}`, () => problem(404, { title: "Not Found", status: 404, detail: "No." })),
    );
    await show({});
    expect(await screen.findByText("No such job here")).toBeInTheDocument();
  });

  it("leads to a copy of the job", async () => {
    const { person, history } = await show({ state: "completed", started_at: at(0), finished_at: at(1) });
    await person.click(await screen.findByRole("button", { name: "Run again with changes" }));
    await waitFor(() => expect(history.location.href).toBe(`/app/jobs/new?from=${ID}`));
  });

  it("sends once when r is pressed again before the page is drawn anew", async () => {
    await show({ state: "failed", attempt: 5, started_at: at(1), finished_at: at(2) });
    await screen.findByText(/^Failed for good/);
    for (let presses = 0; presses < 3; presses += 1) fireEvent.keyDown(document.body, { key: "r" });
    await screen.findByText("Waits for its turn in queue default.");
    expect(asked).toEqual(["retry"]);
  });

  it("tells who did what", async () => {
    events = [
      eventWith("submitted", 0, { actor: { kind: "user", id: "u", name: "Mara" } }),
      eventWith("edited", 1, {
        actor: { kind: "api_key", id: "k", name: "shop" },
        detail: { priority: { from: "low", to: "high" } },
      }),
    ];
    await show({ state: "pending" });
    expect(await screen.findByText("priority low to high, by API key “shop”")).toBeInTheDocument();
  });

  it("shows the log of a running job, narrowed by level and text", async () => {
    const line = (n: number, level: LogLine["level"], message: string): LogLine => ({
      id: `01a20ddc-0000-7000-8000-00000000000${n}`,
      at: at(n),
      level,
      message,
      attempt: 1,
    });
    lines = [line(1, "info", "template month-end"), line(2, "warning", "font cache is cold")];
    // Without a layout engine nothing has a height, and no line would be in sight.
    vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(400);
    vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(400);
    const { person } = await show({ state: "running", started_at: at(1), attempt: 1 });
    expect(await screen.findByText("2 lines")).toBeInTheDocument();
    expect(await screen.findByText("template month-end")).toBeInTheDocument();
    await person.click(screen.getByRole("button", { name: /^Warnings/ }));
    expect(screen.queryByText("template month-end")).toBeNull();
    await person.type(screen.getAllByLabelText("Search the log")[0] as HTMLElement, "nothing like it");
    expect(await screen.findByText("No line matches.")).toBeInTheDocument();
    await person.click(screen.getByRole("button", { name: "Show all 2" }));
    expect(await screen.findByText("template month-end")).toBeInTheDocument();
    // A new line is read within a second or so, from the last one on.
    lines = [...lines, line(3, "error", "renderer closed the pipe")];
    expect(await screen.findByText("3 lines", {}, { timeout: 30_000 })).toBeInTheDocument();
  });

  it("changes a job that waits, with the way back; what the server refuses stands at its field", async () => {
    const { person } = await show({ state: "scheduled", run_at: at(3_600) });
    await person.click(await screen.findByRole("button", { name: "Change the time" }));
    const dialog = await screen.findByRole("dialog", { name: "Change demo.sleep" });
    await person.click(within(dialog).getByRole("button", { name: "High" }));
    server.use(
      http.patch(`*/jobs/${ID}`, () =>
        problem(422, {
          title: "Invalid",
          status: 422,
          detail: "Wrong.",
          errors: [{ pointer: "/run_at", message: "must be within a year" }],
        }),
      ),
    );
    await person.click(within(dialog).getByRole("button", { name: "Save" }));
    expect(await within(dialog).findByText("must be within a year")).toBeInTheDocument();
    server.resetHandlers();
    await person.click(within(dialog).getByRole("button", { name: "Save" }));
    await waitFor(() => expect(asked).toEqual(['patch {"priority":"high"}']));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  it("keeps what was typed when the job starts meanwhile, says so, and goes on when it waits again", async () => {
    const { person, queryClient } = await show({ state: "scheduled", run_at: at(3_600) });
    await person.click(await screen.findByRole("button", { name: "Change the time" }));
    const dialog = await screen.findByRole("dialog", { name: "Change demo.sleep" });
    await person.type(within(dialog).getByLabelText(/^Tags/), "typed");
    const heard = (event: string, part: Partial<Job>) => {
      job = { ...job, ...part };
      const { payload: _payload, result: _result, ...summary } = job;
      applyJobEvents(queryClient, [{ type: "job", cursor: "c", id: `dialog-${event}`, event, job: summary }]);
    };
    heard("started", { state: "running", started_at: at(1), attempt: 1 });
    expect(await within(dialog).findByText("It has started: it can't be changed now.")).toBeVisible();
    expect(within(dialog).getByRole("button", { name: "Save" })).toBeDisabled();
    await person.type(within(dialog).getByLabelText(/^Tags/), "{Enter}");
    expect(asked).toEqual([]);

    heard("retrying", { state: "retrying" });
    await waitFor(() => expect(within(dialog).getByRole("button", { name: "Save" })).toBeEnabled());
    expect(within(dialog).getByLabelText(/^Tags/)).toHaveValue("typed");
    await person.click(within(dialog).getByRole("button", { name: "Leave as it is" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    heard("started", { state: "running", started_at: at(20), attempt: 2 });
    await screen.findByText("Running.");
    heard("retrying", { state: "retrying" });
    await screen.findByRole("button", { name: "Retry now" });
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("says in the dialog why the server did not take a change", async () => {
    server.use(
      http.patch(`*/jobs/${ID}`, () =>
        problem(409, { title: "Conflict", status: 409, detail: "It waits for others." }),
      ),
    );
    const { person } = await show({ state: "scheduled", run_at: at(3_600) });
    await person.click(await screen.findByRole("button", { name: "Change the time" }));
    const dialog = await screen.findByRole("dialog", { name: "Change demo.sleep" });
    await person.click(within(dialog).getByRole("button", { name: "High" }));
    await person.click(within(dialog).getByRole("button", { name: "Save" }));
    expect(await within(dialog).findByText("It waits for others.")).toBeVisible();
  });

  it.each([
    ["retry", "failed", "r", "The job could not be retried"],
    ["cancel", "pending", "c", "The job could not be cancelled"],
  ] as const)(
    "tells of a refused %s also where the page was left meanwhile",
    async (verb, state, key, told) => {
      let refuse: (() => void) | null = null;
      server.use(
        http.post(`*/jobs/${ID}/${verb}`, async () => {
          await new Promise<void>((resolve) => {
            refuse = resolve;
          });
          return problem(409, { title: "Conflict", status: 409, detail: "Not now." });
        }),
      );
      const ended = state === "failed" ? { attempt: 5, started_at: at(1), finished_at: at(2) } : {};
      const { person, history } = await show({ state, ...ended });
      await screen.findByText(state === "failed" ? /^Failed for good/ : /^Waits for its turn/);
      await person.keyboard(key);
      await waitFor(() => expect(refuse).not.toBeNull());
      history.push("/app/jobs");
      await screen.findByRole("heading", { name: "The table" });
      (refuse as (() => void) | null)?.();
      expect(await screen.findByText(told)).toBeInTheDocument();
      expect(screen.getByText("Not now.")).toBeInTheDocument();
    },
  );

  it("asks before it discards, and goes on to the next job of the list", async () => {
    const { person, queryClient, history } = await show({
      state: "completed",
      started_at: at(0),
      finished_at: at(1),
    });
    const next = ID.replace(/.$/, "0");
    leaveTrail(queryClient, { search: {}, ids: [ID, next] });
    expect((await screen.findAllByText("1 of 2"))[0]).toBeInTheDocument();
    await person.click(screen.getAllByRole("button", { name: "More" })[1] as HTMLElement);
    await person.click(await screen.findByRole("menuitem", { name: /^Discard/ }));
    const dialog = await screen.findByRole("dialog", { name: "Discard 1 job?" });
    expect(asked).toEqual([]);
    await person.click(within(dialog).getByRole("button", { name: "Discard 1 job" }));
    await waitFor(() => expect(asked).toEqual(["delete"]));
    await waitFor(() => expect(history.location.pathname).toBe(`/app/jobs/${next}`));
  });

  it("hides secrets, and reveals them to the owner", async () => {
    accept({ user: USER, access_token: "t", token_type: "Bearer", expires_in: 900 });
    const { person } = await show({ state: "pending", payload: { token: "***" }, owner_id: USER.id });
    expect(await screen.findByText("hidden")).toBeInTheDocument();
    await person.click(screen.getByRole("button", { name: "Reveal" }));
    expect(await screen.findByText('"s3cret"')).toBeInTheDocument();
    expect(asked).toEqual(["reveal"]);
    await person.click(screen.getByRole("button", { name: "Hide" }));
    expect(screen.queryByText('"s3cret"')).toBeNull();
  });

  it("says that others failed the same way, and retries all of them", async () => {
    groups = [
      {
        fingerprint: "0123456789abcdef",
        kind: "demo.sleep",
        type: "Boom",
        message: "it broke",
        count: 38,
        first_seen: at(0),
        last_seen: at(9),
        sample_job_id: ID,
      },
    ];
    server.use(
      http.post("*/jobs/retry", async ({ request }) => {
        asked.push(await request.text());
        return HttpResponse.json({ changed: 38, skipped: 0 });
      }),
    );
    const { person } = await show({ state: "failed", attempt: 5, started_at: at(1), finished_at: at(2) });
    expect(await screen.findByRole("link", { name: "37 other jobs" })).toHaveAttribute(
      "href",
      "/app/jobs?state=failed&kind=demo.sleep&fingerprint=0123456789abcdef",
    );
    await person.click(screen.getByRole("button", { name: "Retry all 38" }));
    await waitFor(() =>
      expect(JSON.parse(asked[0] ?? "")).toEqual({
        filter: { state: ["failed"], kind: ["demo.sleep"], fingerprint: ["0123456789abcdef"] },
      }),
    );
  });
});

const USER = {
  id: jobWith().owner_id,
  email: "mara@example.org",
  name: "Mara",
  role: "user",
  email_verified: true,
  created_at: at(0),
} as const;

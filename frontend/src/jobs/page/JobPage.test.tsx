import { screen, waitFor } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Attempt, Job } from "@/api/types";
import { applyJobEvents } from "@/live/applyJobEvents";
import { at, attemptWith, jobWith } from "../jobFixtures";
import { showScreen } from "../showScreen";
import { JobPage } from "./JobPage";

const ID = jobWith().id;
let job: Job;
let attempts: Attempt[] = [];
let asked: string[] = [];
/** A number that JavaScript would round can only be written as text. */
const answer = () => HttpResponse.text(JSON.stringify(job).replace('"@big"', "9007199254740993"));
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
  http.get("*/kinds", () => HttpResponse.json({ items: [], next_cursor: null })),
  http.get(`*/jobs/${ID}`, () => answer()),
  http.get(`*/jobs/${ID}/attempts`, () => HttpResponse.json({ items: attempts, next_cursor: null })),
  act("retry", { state: "pending", finished_at: null, max_attempts: 10 }),
  act("cancel", { state: "cancelled", finished_at: at(9) }),
);
beforeAll(() => server.listen());
afterEach(() => {
  server.resetHandlers();
  asked = [];
  attempts = [];
});
afterAll(() => server.close());

const show = (part: Partial<Job>) => {
  job = jobWith(part);
  return showScreen(`/jobs/${ID}`, {
    "/jobs/$id": () => <JobPage id={ID} />,
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
      http.get(`*/jobs/${ID}`, () =>
        HttpResponse.json(
          { title: "Not Found", status: 404, detail: "No." },
          { status: 404, headers: { "Content-Type": "application/problem+json" } },
        ),
      ),
    );
    await show({});
    expect(await screen.findByText("No such job here")).toBeInTheDocument();
  });

  it("leads to a copy of the job", async () => {
    const { person, history } = await show({ state: "completed", started_at: at(0), finished_at: at(1) });
    await person.click(await screen.findByRole("button", { name: "Run again with changes" }));
    await waitFor(() => expect(history.location.href).toBe(`/app/jobs/new?from=${ID}`));
  });
});

import { describe, expect, it } from "vitest";
import type { TimelineEvent } from "@/api/types";
import { at, eventWith, jobWith, NOON } from "../jobFixtures";
import { expectedEnd, type Step, timeline } from "./steps";

const ME = "01a20ddc-c067-7b34-be99-2334e55b0000";
const seconds = (n: number) => NOON + n * 1_000;
const told = (steps: Step[]) =>
  steps.map(({ title, ms }) => (ms === null ? title : `${title} ${ms / 1_000}`));
const mine: TimelineEvent["actor"] = { kind: "user", id: ME, name: "Mara" };
const submitted = eventWith("submitted", 0, { actor: mine, attempt: 0 });
const error = { error: { type: "Boom", message: "x" } };
/** A run that ended so, from one second to another. */
const run = (attempt: number, from: number, to: number, type: TimelineEvent["type"] = "retrying") => [
  eventWith("claimed", from, { attempt }),
  eventWith(type, to, { attempt, detail: type === "retrying" || type === "failed" ? error : {} }),
];

describe("timeline", () => {
  it("of a job in line, by whom it was submitted", () => {
    const steps = timeline(jobWith(), [submitted], seconds(90), { me: ME });
    expect(told(steps)).toEqual(["Submitted", "Waiting 90", "Start", "Finish"]);
    expect(steps.map((step) => step.toCome)).toEqual([false, false, true, true]);
    expect(steps[0]?.detail).toMatch(/^\d\d:\d\d:\d\d by you$/);
    expect(timeline(jobWith(), [submitted], 0)[0]?.detail).toContain("by Mara");
  });

  it("of a job that waits for its time, and of one that waits for others", () => {
    const steps = timeline(jobWith({ state: "scheduled", run_at: at(3_600) }), [submitted], seconds(1));
    expect(told(steps)).toEqual(["Submitted", "Scheduled", "Start", "Finish"]);
    expect(steps[1]).toMatchObject({ icon: "scheduled", waits: true });
    const after = timeline(jobWith({ state: "scheduled", after: ["a"] }), [submitted], seconds(5));
    expect(told(after)[1]).toBe("Waits for other jobs 5");
  });

  it("of a failed first attempt and a second that runs: waits between them are measured", () => {
    const events = [submitted, ...run(1, 22, 30), eventWith("claimed", 41, { attempt: 2 })];
    const job = jobWith({
      state: "running",
      attempt: 2,
      started_at: at(41),
      worker: "worker-2",
      progress: { fraction: 0.5, message: null },
    });
    const steps = timeline(job, events, seconds(149));
    expect(told(steps)).toEqual([
      "Submitted",
      "Waited 22",
      "Attempt 1 failed 8",
      "Waited to try again 11",
      "Attempt 2 running 108",
      "Finish",
    ]);
    expect(steps[2]).toMatchObject({ icon: "failed", detail: "Boom · worker-1" });
    expect(steps[4]?.detail).toContain("on worker-2");
    expect(expectedEnd(job, seconds(149))).toBe(seconds(257));
  });

  it("of a job that ended, with the time that all of it took", () => {
    const events = [submitted, ...run(1, 1, 4, "completed")];
    const job = jobWith({ state: "completed", attempt: 1, started_at: at(1), finished_at: at(4) });
    expect(told(timeline(job, events, seconds(99)))).toEqual([
      "Submitted",
      "Waited 1",
      "Attempt 1 completed 3",
      "Completed 4",
    ]);
  });

  it("shows what the row tells before its events are read", () => {
    const running = jobWith({ state: "running", attempt: 1, started_at: at(2) });
    expect(told(timeline(running, [submitted], seconds(9)))).toEqual([
      "Submitted",
      "Waited 2",
      "Attempt 1 running 7",
      "Finish",
    ]);
    const ended = { ...running, state: "completed" as const, finished_at: at(6) };
    expect(told(timeline(ended, [submitted, eventWith("claimed", 2)], seconds(9)))).toEqual([
      "Submitted",
      "Waited 2",
      "Attempt 1 completed 4",
      "Completed 6",
    ]);
  });

  it("folds the older ones of many attempts into one step, until each is asked for", () => {
    const runs = [1, 2, 3, 4].flatMap((attempt) => run(attempt, attempt * 10, attempt * 10 + 4));
    const events = [submitted, ...runs, ...run(5, 50, 54, "failed")];
    const job = jobWith({ state: "failed", attempt: 5, started_at: at(50), finished_at: at(54) });
    const steps = timeline(job, events, seconds(99));
    expect(told(steps)).toEqual([
      "Submitted",
      "Waited 10",
      "Attempts 1 to 3 24",
      "Waited to try again 6",
      "Attempt 4 failed 4",
      "Waited to try again 6",
      "Attempt 5 failed 4",
      "Failed for good 54",
    ]);
    expect(steps[2]?.detail).toBe("all failed");
    expect(timeline(job, events, seconds(99), { all: true })).toHaveLength(12);
  });

  it("tells a lost worker, a snooze and a time-out from a failure", () => {
    const timedOut = eventWith("retrying", 8, { attempt: 1, detail: { ...error, timed_out: true } });
    const events = [
      submitted,
      ...run(0, 1, 2, "lost"),
      ...run(0, 5, 6, "snoozed"),
      eventWith("claimed", 7, { attempt: 1 }),
      timedOut,
      ...run(2, 9, 10, "completed"),
    ];
    const job = jobWith({ state: "completed", attempt: 2, started_at: at(9), finished_at: at(10) });
    expect(told(timeline(job, events, seconds(99), { all: true }))).toEqual([
      "Submitted",
      "Waited 1",
      "Run lost 1",
      "Back in line 3",
      "Run snoozed 1",
      "Snoozed 1",
      "Attempt 1 timed out 1",
      "Waited to try again 1",
      "Attempt 2 completed 1",
      "Completed 10",
    ]);
  });

  it("tells what people did: a change, a retry, a cancel", () => {
    const events = [
      submitted,
      eventWith("edited", 2, { actor: mine, detail: { priority: { from: "medium", to: "high" } } }),
      ...run(1, 5, 6, "failed"),
      eventWith("retried", 60, {
        actor: { kind: "api_key", id: "k", name: "shop\u202e" },
        detail: { from: "failed" },
      }),
      eventWith("claimed", 61, { attempt: 2 }),
      eventWith("cancel_requested", 63, { actor: mine }),
      eventWith("cancelled", 64, { attempt: 2 }),
    ];
    const job = jobWith({ state: "cancelled", attempt: 2, started_at: at(61), finished_at: at(64) });
    const steps = timeline(job, events, seconds(99), { me: ME });
    expect(told(steps)).toEqual([
      "Submitted",
      "Changed",
      "Waited 5",
      "Attempt 1 failed 1",
      "Failed for good 54",
      "Retried",
      "Waited 1",
      "Asked to stop",
      "Attempt 2 cancelled 3",
      "Cancelled 64",
    ]);
    expect(steps[1]?.detail).toBe("priority medium to high, by you");
    expect(steps[5]?.detail).toContain("by API key “shop\\u202e”");
    expect(steps.at(-1)?.detail).toMatch(/by you$/);
  });

  it("promises no end without progress, nor for a job that does not run", () => {
    const running = jobWith({ state: "running", started_at: at(0) });
    expect(expectedEnd(running, seconds(10))).toBeNull();
    expect(expectedEnd({ ...running, progress: { fraction: 0.01, message: null } }, seconds(10))).toBeNull();
    expect(
      expectedEnd({ ...running, state: "failed", progress: { fraction: 0.5, message: null } }, seconds(10)),
    ).toBeNull();
  });
});

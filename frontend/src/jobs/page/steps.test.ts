import { describe, expect, it } from "vitest";
import { at, attemptWith, jobWith, NOON } from "../jobFixtures";
import { expectedEnd, type Step, timeline } from "./steps";

const seconds = (n: number) => NOON + n * 1_000;
const told = (steps: Step[]) =>
  steps.map(({ title, ms }) => (ms === null ? title : `${title} ${ms / 1_000}`));
const failed = { outcome: "failed", error: { type: "Boom", message: "x", traceback: null } } as const;

describe("timeline", () => {
  it("of a job in line", () => {
    const steps = timeline(jobWith({ created_at: at(0) }), [], seconds(90));
    expect(told(steps)).toEqual(["Submitted", "Waiting 90", "Start", "Finish"]);
    expect(steps.map((step) => step.toCome)).toEqual([false, false, true, true]);
  });

  it("of a job that waits for its time", () => {
    const steps = timeline(jobWith({ state: "scheduled", run_at: at(3_600) }), [], seconds(1));
    expect(told(steps)).toEqual(["Submitted", "Scheduled", "Start", "Finish"]);
    expect(steps[1]).toMatchObject({ icon: "scheduled", waits: true });
  });

  it("of a failed first attempt and a second that runs: waits between them are measured", () => {
    const runs = [
      attemptWith({ run: 1, ...failed, started_at: at(22), finished_at: at(30) }),
      attemptWith({ run: 2, outcome: "running", started_at: at(41), worker: "worker-2" }),
    ];
    const job = jobWith({
      state: "running",
      attempt: 2,
      started_at: at(41),
      progress: { fraction: 0.5, message: null },
    });
    const steps = timeline(job, runs, seconds(149));
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
    const runs = [attemptWith({ run: 1, outcome: "completed", started_at: at(1), finished_at: at(4) })];
    const job = jobWith({ state: "completed", attempt: 1, started_at: at(1), finished_at: at(4) });
    expect(told(timeline(job, runs, seconds(99)))).toEqual([
      "Submitted",
      "Waited 1",
      "Attempt 1 completed 3",
      "Completed 4",
    ]);
  });

  it("folds the older ones of many attempts into one step", () => {
    const runs = [1, 2, 3, 4, 5].map((run) =>
      attemptWith({ run, ...failed, started_at: at(run * 10), finished_at: at(run * 10 + 4) }),
    );
    const job = jobWith({ state: "failed", attempt: 5, started_at: at(50), finished_at: at(54) });
    const steps = timeline(job, runs, seconds(99));
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
  });

  it("tells a lost worker, a snooze and a worker that shut down from a failure", () => {
    const runs = [
      attemptWith({ run: 1, attempt: 0, outcome: "lost", started_at: at(1), finished_at: at(2) }),
      attemptWith({ run: 2, attempt: 0, outcome: "snoozed", started_at: at(5), finished_at: at(6) }),
      attemptWith({ run: 3, attempt: 1, outcome: "completed", started_at: at(9), finished_at: at(10) }),
    ];
    const job = jobWith({ state: "completed", attempt: 1, started_at: at(9), finished_at: at(10) });
    expect(told(timeline(job, runs, seconds(99)))).toEqual([
      "Submitted",
      "Waited 1",
      "Run lost 1",
      "Back in line 3",
      "Run snoozed 1",
      "Snoozed 3",
      "Attempt 1 completed 1",
      "Completed 10",
    ]);
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

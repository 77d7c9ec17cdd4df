import { describe, expect, it } from "vitest";
import { sampleJob } from "@/testJob";
import { groupFailures } from "./failureGroups";

const failed = (message: string, at: number, kind = "http.request", type = "ConnectTimeout") =>
  sampleJob({
    kind,
    state: "failed",
    error: { type, message },
    finished_at: `2026-11-24T14:00:${String(at).padStart(2, "0")}Z`,
  });

describe("groupFailures", () => {
  it("puts together what differs in numbers, ids and quoted parts alone", () => {
    const groups = groupFailures([
      failed("hooks.example.org did not answer in 30 s", 1),
      failed("hooks.example.org did not answer in 31 s", 3),
      failed('no field "due_date" in 01a20ddf-c4e1-7000-8000-0000f0a41f7c', 2),
      failed('no field "name" in 01a20ddf-c4e1-7000-8000-0000f0a41f7d', 4),
    ]);
    expect(groups.map((group) => [group.jobs.length, group.message])).toEqual([
      [2, 'no field "name" in 01a20ddf-c4e1-7000-8000-0000f0a41f7d'],
      [2, "hooks.example.org did not answer in 31 s"],
    ]);
  });

  it("keeps kinds and error types apart, and puts the largest first", () => {
    const groups = groupFailures([
      failed("boom", 9),
      failed("boom", 1, "demo.fail"),
      failed("boom", 2, "demo.fail"),
      failed("boom", 3, "demo.fail", "Other"),
    ]);
    expect(groups.map((group) => [group.kind, group.type, group.jobs.length])).toEqual([
      ["demo.fail", "ConnectTimeout", 2],
      ["http.request", "ConnectTimeout", 1],
      ["demo.fail", "Other", 1],
    ]);
  });

  it("leaves out a job that was retried a moment ago", () => {
    expect(groupFailures([{ ...failed("boom", 1), state: "pending" }])).toEqual([]);
  });
});

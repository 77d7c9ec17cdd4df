import { describe, expect, it } from "vitest";
import { at, jobWith } from "../jobFixtures";
import { editOf, wishOf } from "./edit";

const job = jobWith({ state: "scheduled", run_at: at(3_661), tags: ["billing"] });

describe("a change of a job", () => {
  it("sends only what differs, and the seconds of its time stay", () => {
    expect(editOf(job, wishOf(job))).toEqual({ change: {}, errors: {} });
    const wish = { ...wishOf(job), priority: "high" as const, tags: "billing, month-end" };
    expect(editOf(job, wish).change).toEqual({ priority: "high", tags: ["billing", "month-end"] });
  });

  it("says what is wrong before the server does", () => {
    const { errors } = editOf(job, { ...wishOf(job), at: "", maxAttempts: "101", tags: "x".repeat(65) });
    expect(Object.keys(errors)).toEqual(["/run_at", "/max_attempts", "/tags"]);
  });
});

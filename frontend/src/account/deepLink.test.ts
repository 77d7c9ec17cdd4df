import { describe, expect, it } from "vitest";
import { safeTarget, targetName } from "./deepLink";

describe("deep link", () => {
  it.each([
    ["/jobs", "/jobs"],
    ["/jobs/new?kind=http.request", "/jobs/new?kind=http.request"],
    ["/", undefined],
    ["//evil.example", undefined],
    ["/\\evil.example", undefined],
    ["/\t/evil.example", undefined],
    ["/\n/evil.example", undefined],
    ["https://evil.example", undefined],
    ["javascript:alert(1)", undefined],
    [["/jobs"], undefined],
    [undefined, undefined],
  ])("follows %s as %s", (given, followed) => {
    expect(safeTarget(given)).toBe(followed);
  });

  it("names a job by the end of its id, which tells two apart", () => {
    expect(targetName("/jobs/01a20ddf-c4e1-7000-8000-0000f0a41f7c")).toEqual({
      text: "job ",
      code: "…a41f7c",
    });
    expect(targetName("/jobs?state=failed")).toEqual({ text: "your jobs" });
    expect(targetName(undefined)).toBeNull();
  });
});

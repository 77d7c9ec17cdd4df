import { describe, expect, it } from "vitest";
import type { JobSummary } from "@/api/types";
import { summaryWith } from "../jobFixtures";
import { steadyRows } from "./steadyRows";

const job = (id: string, part: Partial<JobSummary> = {}) => summaryWith({ id, ...part });
const names = (rows: readonly JobSummary[]) => rows.map((row) => row.id).join("");
const NONE = new Set<string>();

describe("steadyRows", () => {
  it("shows the first page as it is", () => {
    const { rows, waiting } = steadyRows([job("9"), job("8")], NONE, [], {}, false);
    expect(names(rows)).toBe("98");
    expect(waiting).toBe(0);
  });

  it("holds back what a new read has above and between, and lets the next page follow", () => {
    const listed = ["9", "8", "7", "6", "5"].map((id) => job(id));
    const { rows, waiting } = steadyRows(listed, new Set(["8", "6"]), [], {}, true);
    expect(names(rows)).toBe("865");
    expect(waiting).toBe(2);
  });

  it("shows the newest state of a row, once", () => {
    const listed = [job("8"), job("7"), job("7", { state: "running" })];
    const { rows } = steadyRows(listed, new Set(["8", "7"]), [], {}, false);
    expect(rows.map((row) => row.state)).toEqual(["pending", "running"]);
  });

  it("counts jobs heard of that match, and not those that are there, do not match, or come with a later page", () => {
    const heard = [job("9"), job("8"), job("6"), job("3"), job("95", { state: "failed" })];
    const listed = [job("8"), job("5")];
    const known = new Set(["8", "5"]);
    expect(steadyRows(listed, known, heard, { state: ["pending"] }, true).waiting).toBe(2);
    expect(steadyRows(listed, known, heard, { state: ["pending"] }, false).waiting).toBe(3);
    expect(steadyRows(listed, known, heard, { state: ["failed"] }, true).waiting).toBe(1);
  });

  it("counts a job once that is both listed and heard of", () => {
    expect(steadyRows([job("9"), job("8")], new Set(["8"]), [job("9")], {}, false).waiting).toBe(1);
  });
});

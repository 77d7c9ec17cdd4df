import { describe, expect, it } from "vitest";
import type { JobFilters, JobSummary } from "@/api/types";
import { summaryWith } from "../jobFixtures";
import { countWaiting, type ListPlace, rowsShown } from "./steadyRows";

const job = (id: string, part: Partial<JobSummary> = {}) => summaryWith({ id, ...part });
const names = (rows: readonly JobSummary[]) => rows.map((row) => row.id).join("");
const NONE = new Set<string>();
const ALL = { order: "newest", hasMore: false } as const;
const MORE = { order: "newest", hasMore: true } as const;
function steadyRows(
  listed: readonly JobSummary[],
  known: ReadonlySet<string>,
  heard: readonly JobSummary[],
  filters: JobFilters,
  place: ListPlace,
) {
  const shown = rowsShown(listed, known);
  return { rows: shown.rows, waiting: countWaiting(shown, heard, filters, place) };
}

describe("steady rows", () => {
  it("shows the first page as it is", () => {
    const { rows, waiting } = steadyRows([job("9"), job("8")], NONE, [], {}, ALL);
    expect(names(rows)).toBe("98");
    expect(waiting).toBe(0);
  });

  it("holds back what a new read has above and between, and lets the next page follow", () => {
    const listed = ["9", "8", "7", "6", "5"].map((id) => job(id));
    const { rows, waiting } = steadyRows(listed, new Set(["8", "6"]), [], {}, MORE);
    expect(names(rows)).toBe("865");
    expect(waiting).toBe(2);
  });

  it("shows the newest state of a row, once", () => {
    const listed = [job("8"), job("7"), job("7", { state: "running" })];
    const { rows } = steadyRows(listed, new Set(["8", "7"]), [], {}, ALL);
    expect(rows.map((row) => row.state)).toEqual(["pending", "running"]);
  });

  it("counts jobs heard of that match, and not those that are there, do not match, or come with a later page", () => {
    const heard = [job("9"), job("8"), job("6"), job("3"), job("95", { state: "failed" })];
    const listed = [job("8"), job("5")];
    const known = new Set(["8", "5"]);
    expect(steadyRows(listed, known, heard, { state: ["pending"] }, MORE).waiting).toBe(2);
    expect(steadyRows(listed, known, heard, { state: ["pending"] }, ALL).waiting).toBe(3);
    expect(steadyRows(listed, known, heard, { state: ["failed"] }, MORE).waiting).toBe(1);
  });

  it("counts a job once that is both listed and heard of", () => {
    expect(steadyRows([job("9"), job("8")], new Set(["8"]), [job("9")], {}, ALL).waiting).toBe(1);
  });

  it("counts what the oldest first has before its end, and whatever waits where the next come first", () => {
    const listed = [job("5"), job("8")];
    const known = new Set(["5", "8"]);
    const heard = [job("3"), job("9")];
    expect(steadyRows(listed, known, heard, {}, { order: "oldest", hasMore: true }).waiting).toBe(1);
    expect(steadyRows(listed, known, heard, {}, { order: "oldest", hasMore: false }).waiting).toBe(2);
    expect(steadyRows(listed, known, heard, {}, { order: "next", hasMore: true }).waiting).toBe(2);
  });
});

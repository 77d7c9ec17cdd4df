import { describe, expect, it } from "vitest";
import type { LogLine } from "@/api/types";
import { at } from "../jobFixtures";
import { countOf, logRows, marked } from "./logLines";

const line = (n: number, level: LogLine["level"], message: string, attempt = 1): LogLine => ({
  id: String(n),
  at: at(n),
  level,
  message,
  attempt,
});
const LINES = [
  line(1, "info", "template month-end"),
  line(2, "warning", "font cache is cold"),
  line(3, "error", "renderer closed the pipe"),
  line(4, "debug", "Font cache hit", 2),
];
const words = (rows: ReturnType<typeof logRows>) =>
  rows.map((row) => ("line" in row ? row.line.message : `-- ${row.attempt}`));

describe("a log", () => {
  it("has a divider where another attempt begins", () => {
    expect(words(logRows(LINES, "all", ""))).toEqual([
      "template month-end",
      "font cache is cold",
      "renderer closed the pipe",
      "-- 2",
      "Font cache hit",
    ]);
  });

  it("is narrowed by level and text", () => {
    expect(words(logRows(LINES, "warnings", ""))).toEqual(["font cache is cold", "renderer closed the pipe"]);
    expect(words(logRows(LINES, "all", " FONT "))).toEqual(["font cache is cold", "-- 2", "Font cache hit"]);
    expect([countOf(LINES, "all"), countOf(LINES, "warnings"), countOf(LINES, "errors")]).toEqual([4, 2, 1]);
  });

  it("marks each place where the text is found", () => {
    expect(marked("a Font, font", "font")).toEqual([
      { text: "a ", hit: false },
      { text: "Font", hit: true },
      { text: ", ", hit: false },
      { text: "font", hit: true },
    ]);
    expect(marked("İ font", "font")).toEqual([{ text: "İ font", hit: false }]);
  });
});

import { describe, expect, it } from "vitest";
import type { Notice } from "@/api/notifications";
import { causeOf, groupNotices, kindsText } from "./groups";

const NOON = new Date(2026, 10, 24, 12, 0).getTime();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
let made = 0;

function notice(ago: number, part: Partial<Notice> = {}): Notice {
  made += 1;
  const kind = part.kind ?? "demo.echo";
  const event = part.event ?? "completed";
  return {
    id: `n${made}`,
    job_id: `j${made}`,
    at: new Date(NOON - ago).toISOString(),
    kind,
    event,
    message: `${kind} ${event}`,
    read: false,
    ...part,
  };
}
const shape = (notices: Notice[], away: { from: number; to: number } | null = null) =>
  groupNotices(notices, away, NOON).map(({ title, entries }) => [
    title,
    entries.map((entry) => entry.notices.length),
  ]);

describe("the groups of the inbox", () => {
  it("are days, without an absence", () => {
    expect(shape([notice(MINUTE), notice(13 * HOUR), notice(40 * HOUR)])).toEqual([
      ["Today", [1]],
      ["Yesterday", [1]],
      ["22 Nov", [1]],
    ]);
  });

  it("tell apart what came before, during and after an absence", () => {
    const away = { from: NOON - 3 * HOUR, to: NOON - HOUR };
    expect(shape([notice(MINUTE), notice(2 * HOUR), notice(4 * HOUR)], away)).toEqual([
      ["Since you came back", [1]],
      ["While you were away, 09:00 to 11:00", [1]],
      ["Earlier today", [1]],
    ]);
    const [, group] = shape([notice(0), notice(2 * HOUR)], { from: NOON - 20 * HOUR, to: NOON - HOUR });
    expect(group?.[0]).toBe("While you were away, yesterday 16:00 to 11:00");
  });

  it("fold one failure wherever it came, and four good ends in a row", () => {
    const bad = { event: "failed", kind: "hook", message: "hook failed: Timeout: no answer" } as const;
    expect(
      shape([notice(1, bad), notice(2), notice(3, bad), notice(4, { ...bad, message: "another" })]),
    ).toEqual([["Today", [2, 1, 1]]]);
    expect(shape([1, 2, 3].map((ago) => notice(ago)))).toEqual([["Today", [1, 1, 1]]]);
    expect(shape([1, 2, 3, 4].map((ago) => notice(ago)))).toEqual([["Today", [4]]]);
    expect(shape([notice(1), notice(2), notice(3, bad), notice(4), notice(5)])).toEqual([
      ["Today", [1, 1, 1, 1, 1]],
    ]);
  });
});

describe("the words of an entry", () => {
  it("name the most frequent kinds", () => {
    const many = (kind: string, times: number) => Array.from({ length: times }, () => notice(1, { kind }));
    expect(kindsText([...many("a", 2), ...many("b", 5), ...many("c", 1), ...many("d", 1)])).toBe(
      "5 b, 2 a, 2 other",
    );
    expect(kindsText([...many("a", 2), ...many("b", 1)])).toBe("2 a, 1 b");
  });

  it("take the cause out of the server's sentence", () => {
    expect(causeOf(notice(1, { kind: "hook", message: "hook failed: Timeout: no answer" }))).toBe(
      "Timeout: no answer",
    );
    expect(causeOf(notice(1))).toBe("");
  });
});

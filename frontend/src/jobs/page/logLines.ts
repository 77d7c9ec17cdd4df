// Which lines of a log are shown: by level and text, with a divider where another attempt begins. Pure.
import type { LogLine } from "@/api/types";

export type LogFilter = "all" | "warnings" | "errors";

export type LogRow = { line: LogLine } | { attempt: number; key: string };

const RANK = { debug: 0, info: 1, warning: 2, error: 3 } as const satisfies Record<LogLine["level"], number>;
const LEAST: Record<LogFilter, number> = { all: 0, warnings: RANK.warning, errors: RANK.error };

export function logRows(lines: readonly LogLine[], filter: LogFilter, text: string): LogRow[] {
  const wanted = text.trim().toLowerCase();
  const rows: LogRow[] = [];
  let attempt = lines[0]?.attempt;
  for (const line of lines) {
    if (RANK[line.level] < LEAST[filter]) continue;
    if (wanted !== "" && !line.message.toLowerCase().includes(wanted)) continue;
    if (line.attempt !== attempt) {
      attempt = line.attempt;
      rows.push({ attempt, key: `attempt-${line.id}` });
    }
    rows.push({ line });
  }
  return rows;
}

export function countOf(lines: readonly LogLine[], filter: LogFilter): number {
  return lines.filter(({ level }) => RANK[level] >= LEAST[filter]).length;
}

/** The parts of a line before, in and after each place where the text is found. */
export function marked(message: string, text: string): { text: string; hit: boolean }[] {
  const wanted = text.trim().toLowerCase();
  const low = message.toLowerCase();
  // A letter that is two when it is small (İ) would move every place after it.
  if (wanted === "" || low.length !== message.length) return [{ text: message, hit: false }];
  const parts: { text: string; hit: boolean }[] = [];
  let start = 0;
  for (let found = low.indexOf(wanted); found >= 0; found = low.indexOf(wanted, start)) {
    if (found > start) parts.push({ text: message.slice(start, found), hit: false });
    parts.push({ text: message.slice(found, found + wanted.length), hit: true });
    start = found + wanted.length;
  }
  if (start < message.length) parts.push({ text: message.slice(start), hit: false });
  return parts;
}

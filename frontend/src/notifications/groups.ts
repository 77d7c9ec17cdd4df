// The inbox as it is read: what came since one is back, what came while one was away, then day by day; what is alike is
// one entry. Pure.
import type { Notice } from "@/api/notifications";
import { clockTime, shortDate } from "@/ui/time";
import type { Away } from "./away";

/** One notification, or several that are told as one; the newest first. */
export interface Entry {
  key: string;
  notices: readonly [Notice, ...Notice[]];
}

export interface Group {
  title: string;
  entries: Entry[];
}

/** More ends without trouble than this, one after the other, are one entry. */
export const FOLD_ABOVE = 3;

/** `notices` newest first, as the server has them. */
export function groupNotices(notices: readonly Notice[], away: Away | null, now: number): Group[] {
  const groups = new Map<string, Notice[]>();
  for (const notice of notices) {
    const title = titleOf(Date.parse(notice.at), away, now);
    const group = groups.get(title);
    if (group) group.push(notice);
    else groups.set(title, [notice]);
  }
  return [...groups].map(([title, members]) => ({ title, entries: fold(members) }));
}

function titleOf(at: number, away: Away | null, now: number): string {
  if (away && at >= away.to) return "Since you came back";
  if (away && at >= away.from) return `While you were away, ${span(away, now)}`;
  const days = dayNumber(now) - dayNumber(at);
  if (days <= 0) return away ? "Earlier today" : "Today";
  return days === 1 ? "Yesterday" : shortDate(at);
}

function span({ from, to }: Away, now: number): string {
  const moment = (at: number) => {
    const days = dayNumber(now) - dayNumber(at);
    const day = days <= 0 ? "" : days === 1 ? "yesterday " : `${shortDate(at)} `;
    return day + clockTime(at);
  };
  return `${moment(from)} to ${moment(to)}`;
}

/** Days as the reader's calendar has them; those with a clock change are not 24 h long. */
function dayNumber(at: number): number {
  const date = new Date(at);
  return Math.round(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000);
}

/** Failures of one kind with one message are told once in a group; what went well folds where it came in a row. */
function fold(notices: readonly Notice[]): Entry[] {
  const entries: Notice[][] = [];
  const failures = new Map<string, Notice[]>();
  let run: Notice[] = [];
  for (const notice of notices) {
    if (notice.event !== "failed") {
      if (run[0]?.event !== notice.event) {
        run = [];
        entries.push(run);
      }
      run.push(notice);
      continue;
    }
    run = [];
    const alike = `${notice.kind}\n${notice.message}`;
    const known = failures.get(alike);
    if (known) known.push(notice);
    else {
      const entry = [notice];
      failures.set(alike, entry);
      entries.push(entry);
    }
  }
  return entries.flatMap((entry) =>
    entry[0]?.event !== "failed" && entry.length <= FOLD_ABOVE
      ? entry.map((notice) => entryOf([notice]))
      : [entryOf(entry)],
  );
}

function entryOf(notices: readonly Notice[]): Entry {
  const [first, ...rest] = notices;
  if (!first) throw new Error("An entry of nothing.");
  return { key: first.id, notices: [first, ...rest] };
}

/** '140 email.send, 48 http.request, 24 other': the most frequent kinds. */
export function kindsText(notices: readonly Notice[], most = 2): string {
  const counts = new Map<string, number>();
  for (const { kind } of notices) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const sorted = [...counts].toSorted((a, b) => b[1] - a[1]);
  const shown = sorted.length <= most + 1 ? sorted : sorted.slice(0, most);
  const other = notices.length - shown.reduce((sum, [, times]) => sum + times, 0);
  return [...shown.map(([kind, times]) => `${times} ${kind}`), ...(other > 0 ? [`${other} other`] : [])].join(
    ", ",
  );
}

/** What the server says of a failure, without the kind and the word, which stand before it. */
export function causeOf({ kind, message }: Notice): string {
  const said = `${kind} failed: `;
  return message.startsWith(said) ? message.slice(said.length) : "";
}

// A job's way through the yard, from its row and its attempts. Pure; `now` in ms.
import type { Attempt, Job, JobState } from "@/api/types";
import { clockTime } from "@/ui/time";

export interface Step {
  key: string;
  /** Its colour and shape; null is the grey dot of the start, `finish` the flag. */
  icon: JobState | "start" | "finish" | "lost";
  title: string;
  detail: string;
  /** How long it took, or has taken until now. */
  ms: number | null;
  /** Dashed: waiting. Solid: work. */
  waits: boolean;
  /** Grey: not there yet. */
  toCome: boolean;
}

/** Older attempts than these are told as one. */
const SHOWN_ATTEMPTS = 2;

export function timeline(job: Job, attempts: readonly Attempt[], now: number): Step[] {
  const steps: Step[] = [
    step("submitted", "start", "Submitted", { detail: clock(job.created_at), waits: attempts.length === 0 }),
  ];
  const { folded, shown } = fold(attempts);
  let freeAt = Date.parse(job.created_at);
  const first = attempts[0];
  if (first) {
    steps.push(wait("waited", "Waited", between(freeAt, first.started_at)));
  }
  if (folded.length > 0) {
    const [oldest, newest] = [folded[0], folded.at(-1)];
    steps.push(
      step("folded", outcomeIcon(newest), `Attempts ${oldest?.attempt} to ${newest?.attempt}`, {
        detail: foldedDetail(folded),
        ms: oldest && newest ? between(Date.parse(oldest.started_at), newest.finished_at) : null,
        waits: true,
      }),
    );
    freeAt = Date.parse(newest?.finished_at ?? job.created_at);
  }
  for (const attempt of shown) {
    if (attempt !== first) {
      const before = attempts[attempts.indexOf(attempt) - 1];
      steps.push(gap(attempt, before, between(freeAt, attempt.started_at)));
    }
    steps.push(attemptStep(attempt, now));
    freeAt = Date.parse(attempt.finished_at ?? attempt.started_at);
  }
  return [...steps, ...ending(job, attempts, freeAt, now)];
}

function fold(attempts: readonly Attempt[]): { folded: readonly Attempt[]; shown: readonly Attempt[] } {
  if (attempts.length <= SHOWN_ATTEMPTS + 1) return { folded: [], shown: attempts };
  return { folded: attempts.slice(0, -SHOWN_ATTEMPTS), shown: attempts.slice(-SHOWN_ATTEMPTS) };
}

function foldedDetail(folded: readonly Attempt[]): string {
  const failed = folded.filter(({ outcome }) => outcome === "failed" || outcome === "timed_out").length;
  return failed === folded.length ? "all failed" : `${failed} failed`;
}

const OUTCOME: Record<Attempt["outcome"], { word: string; icon: Step["icon"] }> = {
  running: { word: "running", icon: "running" },
  completed: { word: "completed", icon: "completed" },
  failed: { word: "failed", icon: "failed" },
  timed_out: { word: "timed out", icon: "failed" },
  cancelled: { word: "cancelled", icon: "cancelled" },
  snoozed: { word: "snoozed", icon: "scheduled" },
  released: { word: "given back", icon: "pending" },
  lost: { word: "lost", icon: "lost" },
};

/** 'failed', 'timed out', 'given back' (its worker shut down). */
export function outcomeWord(outcome: Attempt["outcome"]): string {
  return OUTCOME[outcome].word;
}

function outcomeIcon(attempt: Attempt | undefined): Step["icon"] {
  return attempt ? OUTCOME[attempt.outcome].icon : "pending";
}

function attemptStep(attempt: Attempt, now: number): Step {
  const running = attempt.outcome === "running";
  const said = running ? `since ${clock(attempt.started_at)}` : attempt.error?.type;
  return step(
    `run-${attempt.run}`,
    outcomeIcon(attempt),
    `${runName(attempt)} ${outcomeWord(attempt.outcome)}`,
    {
      detail: [said, attempt.worker].filter(Boolean).join(running ? " on " : " · "),
      ms: running
        ? between(Date.parse(attempt.started_at), now)
        : between(Date.parse(attempt.started_at), attempt.finished_at),
      waits: running,
    },
  );
}

/** A run that counts against the attempts has its number; one that was lost, snoozed or given back has not. */
export function runName({ attempt, outcome }: Attempt): string {
  const counts = outcome !== "lost" && outcome !== "snoozed" && outcome !== "released";
  return counts ? `Attempt ${attempt}` : "Run";
}

/** Between two runs: what the job waited for follows from how the earlier one ended. */
function gap(next: Attempt, before: Attempt | undefined, ms: number | null): Step {
  const key = `before-${next.run}`;
  switch (before?.outcome) {
    case "failed":
    case "timed_out":
      return { ...wait(key, "Waited to try again", ms), icon: "retrying" };
    case "snoozed":
      return { ...wait(key, "Snoozed", ms), icon: "scheduled" };
    case "lost":
      return { ...wait(key, "Back in line", ms), detail: "its worker was lost" };
    case "released":
      return { ...wait(key, "Back in line", ms), detail: "its worker shut down" };
    default:
      return wait(key, "Waited", ms);
  }
}

function ending(job: Job, attempts: readonly Attempt[], freeAt: number, now: number): Step[] {
  const start = step("start", "running", "Start", { toCome: true, detail: "" });
  const finish = step("finish", "finish", "Finish", { toCome: true, detail: "" });
  switch (job.state) {
    case "scheduled":
      return [
        { ...wait("waiting", "Scheduled", null), icon: "scheduled", detail: `starts ${clock(job.run_at)}` },
        start,
        finish,
      ];
    case "retrying":
      return [
        {
          ...wait("waiting", "Waits to try again", between(freeAt, now)),
          icon: "retrying",
          detail: `attempt ${job.attempt + 1} at ${clock(job.run_at)}`,
        },
        finish,
      ];
    case "pending":
      return [
        {
          ...wait("waiting", attempts.length > 0 ? "Back in line" : "Waiting", between(freeAt, now)),
          detail: `in queue ${job.queue}`,
        },
        start,
        finish,
      ];
    case "running": {
      const end = expectedEnd(job, now);
      return [{ ...finish, detail: end === null ? "" : `about ${clockTime(end)}, from its progress` }];
    }
    default:
      return [
        step("end", job.state, END_WORD[job.state], {
          detail: job.finished_at ? clock(job.finished_at) : "",
          ms: job.finished_at ? between(Date.parse(job.created_at), job.finished_at) : null,
        }),
      ];
  }
}

const END_WORD = { completed: "Completed", failed: "Failed for good", cancelled: "Cancelled" } as const;

/** Too little has been seen below this to say anything. */
const ENOUGH = 0.05;

/** When a running job will be done if it goes on as it did, in ms since 1970; null when that can't be told. */
export function expectedEnd(job: Job, now: number): number | null {
  const fraction = job.progress?.fraction ?? 0;
  if (job.state !== "running" || !job.started_at || fraction < ENOUGH || fraction >= 1) return null;
  const start = Date.parse(job.started_at);
  return start + (now - start) / fraction;
}

function step(
  key: string,
  icon: Step["icon"],
  title: string,
  more: Partial<Pick<Step, "detail" | "ms" | "waits" | "toCome">>,
): Step {
  return { key, icon, title, detail: "", ms: null, waits: false, toCome: false, ...more };
}

function wait(key: string, title: string, ms: number | null): Step {
  return step(key, "pending", title, { ms, waits: true });
}

function between(start: number, end: string | number | null): number | null {
  if (end === null) return null;
  return Math.max(0, (typeof end === "number" ? end : Date.parse(end)) - start);
}

function clock(at: string): string {
  return CLOCK.format(Date.parse(at));
}

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

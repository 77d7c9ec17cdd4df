// A job's way through the yard: its events, put together to waits and runs with how long each took, and what is to come.
// Pure; `now` in ms.
import type { Attempt, Job, TimelineEvent } from "@/api/types";
import { clockTime } from "@/ui/time";
import { byWhom, changesText, errorType } from "./eventText";
import { outcomeIcon, outcomeWord, type RunIcon, runName } from "./runText";

export interface Step {
  key: string;
  /** Its colour and shape: a state's, the grey dot of the start, the flag of the finish, a hand's, a warning's. */
  icon: RunIcon | "start" | "finish" | "hand" | "warning";
  title: string;
  detail: string;
  /** How long it took, or has taken until now. */
  ms: number | null;
  /** Dashed: waiting. Solid: work. */
  waits: boolean;
  /** Grey: not there yet. */
  toCome: boolean;
  /** Of a run: which, and from when to when. */
  run?: { attempt: number; failed: boolean; from: number; to: number };
}

/** Older runs than these are told as one. */
const SHOWN_RUNS = 2;

export interface Reader {
  /** The reader's user id: what they did is 'by you'. */
  me?: string | null;
  /** Tell each run by itself. */
  all?: boolean;
}

export function timeline(
  job: Job,
  events: readonly TimelineEvent[],
  now: number,
  { me = null, all = false }: Reader = {},
): Step[] {
  const way: Way = { steps: [], since: Date.parse(job.created_at), ended: null, run: null, me };
  for (const event of events) take(way, event);
  catchUp(way, job, now);
  const ends = ending(job, way, events, now);
  return [...(all ? way.steps : fold(way.steps)), ...ends];
}

/** What is known while the events are gone through. */
interface Way {
  steps: Step[];
  /** Since when the job waits, or did last. */
  since: number;
  /** How the run before ended. */
  ended: TimelineEvent["type"] | null;
  /** The claim of the run under way. */
  run: TimelineEvent | null;
  me: string | null;
}

function take(way: Way, event: TimelineEvent): void {
  const at = Date.parse(event.at);
  const who = byWhom(event.actor, way.me);
  const hand = (title: string, detail: string) =>
    way.steps.push(step(event.id, "hand", title, { detail, waits: way.run === null }));
  switch (event.type) {
    case "submitted":
      way.steps.push(
        step(event.id, "start", "Submitted", { detail: `${clock(event.at)} ${who}`, waits: true }),
      );
      way.since = at;
      break;
    case "claimed":
      way.steps.push(gap(way, event.id, at));
      way.run = event;
      break;
    case "edited":
      hand("Changed", [changesText(event.detail), who].filter(Boolean).join(", "));
      break;
    case "cancel_requested":
      hand("Asked to stop", `${clock(event.at)} ${who}`);
      break;
    case "retried":
      way.steps.push(before(way, event, at));
      hand(event.detail.from === "scheduled" ? "Brought forward" : "Retried", `${clock(event.at)} ${who}`);
      way.since = at;
      way.ended = null;
      break;
    case "late_result_refused":
      way.steps.push(step(event.id, "warning", "Late result refused", { detail: "of a run that was lost" }));
      break;
    case "loop_blocked":
      way.steps.push(
        step(event.id, "warning", "Blocked its worker", { detail: "a plain function would run in a thread" }),
      );
      break;
    default:
      if (way.run) endRun(way, way.run, event, at);
  }
}

const ENDED_BY = {
  retrying: "failed",
  failed: "failed",
  completed: "completed",
  cancelled: "cancelled",
  snoozed: "snoozed",
  released: "released",
  lost: "lost",
} as const;

function endRun(way: Way, run: TimelineEvent, event: TimelineEvent, at: number): void {
  const ended = ENDED_BY[event.type as keyof typeof ENDED_BY];
  const outcome = event.detail.timed_out === true ? "timed_out" : ended;
  const detail = [errorType(event), run.actor.name].filter(Boolean).join(" · ");
  way.steps.push(runStep(run, outcome, at, detail));
  way.since = at;
  way.ended = event.type;
  way.run = null;
}

function runStep(run: TimelineEvent, outcome: Attempt["outcome"], to: number, detail: string): Step {
  const from = Date.parse(run.at);
  const { attempt } = run;
  return {
    ...step(run.id, outcomeIcon(outcome), `${runName({ attempt, outcome })} ${outcomeWord(outcome)}`, {
      detail,
      ms: Math.max(0, to - from),
    }),
    run: { attempt, failed: outcome === "failed" || outcome === "timed_out", from, to },
  };
}

/** Before a run: what the job waited for follows from how the earlier one ended. */
function gap(way: Way, id: string, at: number): Step {
  const key = `${id}-before`;
  const ms = Math.max(0, at - way.since);
  switch (way.ended) {
    case "retrying":
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

/** Where the job stood when somebody had it run again. */
function before(way: Way, { id, detail }: TimelineEvent, at: number): Step {
  const ms = Math.max(0, at - way.since);
  switch (detail.from) {
    case "failed":
      return step(`${id}-before`, "failed", "Failed for good", { ms });
    case "cancelled":
      return step(`${id}-before`, "cancelled", "Cancelled", { ms });
    case "scheduled":
      return { ...wait(`${id}-before`, "Scheduled", ms), icon: "scheduled" };
    default:
      return gap(way, id, at);
  }
}

/** The row is newer than the events for a moment: what it tells of the last run is shown already. */
function catchUp(way: Way, job: Job, now: number): void {
  const { run } = way;
  if (job.state === "running") {
    const started = run?.at ?? job.started_at ?? job.created_at;
    if (!run) way.steps.push(gap(way, "now", Date.parse(started)));
    const attempt = run?.attempt ?? job.attempt;
    const worker = job.worker ?? run?.actor.name;
    way.steps.push(
      step(run?.id ?? "now", "running", `${runName({ attempt, outcome: "running" })} running`, {
        detail: `since ${clock(started)}${worker ? ` on ${worker}` : ""}`,
        ms: Math.max(0, now - Date.parse(started)),
        waits: true,
      }),
    );
  } else if (run && job.finished_at && job.state in ENDED_BY) {
    const outcome = ENDED_BY[job.state as keyof typeof ENDED_BY];
    way.steps.push(runStep(run, outcome, Date.parse(job.finished_at), run.actor.name ?? ""));
  }
}

function fold(steps: Step[]): Step[] {
  const runs = steps.flatMap(({ run }, index) => (run ? [{ index, run }] : []));
  const running = steps.some(({ icon, run }) => icon === "running" && !run);
  const kept = running ? SHOWN_RUNS - 1 : SHOWN_RUNS;
  const folded = runs.slice(0, -kept);
  const [oldest, newest] = [folded[0], folded.at(-1)];
  if (!oldest || !newest || folded.length < 2) return steps;
  const failed = folded.filter(({ run }) => run.failed).length;
  const one = step("folded", steps[newest.index]?.icon ?? "failed", foldedTitle(oldest.run, newest.run), {
    detail: failed === folded.length ? "all failed" : `${failed} of ${folded.length} failed`,
    ms: Math.max(0, newest.run.to - oldest.run.from),
    waits: true,
  });
  return [...steps.slice(0, oldest.index), one, ...steps.slice(newest.index + 1)];
}

function foldedTitle(oldest: { attempt: number }, newest: { attempt: number }): string {
  return oldest.attempt === newest.attempt
    ? `Attempt ${oldest.attempt}, more than once`
    : `Attempts ${Math.max(1, oldest.attempt)} to ${newest.attempt}`;
}

function ending(job: Job, way: Way, events: readonly TimelineEvent[], now: number): Step[] {
  const start = step("start", "running", "Start", { toCome: true });
  const finish = step("finish", "finish", "Finish", { toCome: true });
  const waited = Math.max(0, now - way.since);
  switch (job.state) {
    case "scheduled":
      return [
        job.after.length > 0
          ? { ...wait("waiting", "Waits for other jobs", waited), icon: "scheduled" }
          : {
              ...wait("waiting", "Scheduled", null),
              icon: "scheduled",
              detail: `starts ${clock(job.run_at)}`,
            },
        start,
        finish,
      ];
    case "retrying":
      return [
        {
          ...wait("waiting", "Waits to try again", waited),
          icon: "retrying",
          detail: `attempt ${job.attempt + 1} at ${clock(job.run_at)}`,
        },
        finish,
      ];
    case "pending": {
      const again = job.started_at !== null;
      const waiting = wait("waiting", again ? "Back in line" : "Waiting", waited);
      return [{ ...waiting, detail: `in queue ${job.queue}` }, start, finish];
    }
    case "running": {
      const end = expectedEnd(job, now);
      return [{ ...finish, detail: end === null ? "" : `about ${clockTime(end)}, from its progress` }];
    }
    default:
      return [ended(job, job.state, way, events)];
  }
}

const END_WORD = { completed: "Completed", failed: "Failed for good", cancelled: "Cancelled" } as const;

function ended(job: Job, state: keyof typeof END_WORD, way: Way, events: readonly TimelineEvent[]): Step {
  const asked =
    state === "cancelled" &&
    events.findLast(
      ({ type, actor }) => CANCELS.has(type) && (actor.kind === "user" || actor.kind === "api_key"),
    );
  const who = asked ? byWhom(asked.actor, way.me) : "";
  return step("end", state, END_WORD[state], {
    detail: [job.finished_at ? clock(job.finished_at) : "", who].filter(Boolean).join(" "),
    ms: job.finished_at ? Math.max(0, Date.parse(job.finished_at) - Date.parse(job.created_at)) : null,
  });
}

const CANCELS: ReadonlySet<TimelineEvent["type"]> = new Set(["cancelled", "cancel_requested"]);

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

function clock(at: string): string {
  return CLOCK.format(Date.parse(at));
}

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

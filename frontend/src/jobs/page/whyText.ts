// Why a job is where it is, in one sentence and one line of cause: only what its row says, nothing guessed.
import type { Job, WhyWaiting } from "@/api/types";
import { clockTime, count, duration, NBSP, relativeTime } from "@/ui/time";
import { visible } from "@/ui/visible";
import { errorLine, limitText, tookMs } from "../jobText";
import { expectedEnd } from "./steps";

export interface Why {
  title: string;
  detail: string;
  /** Nobody will do it as things are. */
  stuck: boolean;
}

/** `waiting`: what the server says of a job that waits; undefined while that is not known. */
export function whyText(job: Job, waiting: WhyWaiting | undefined, now: number): Why {
  const plain = (title: string, detail = ""): Why => ({ title, detail, stuck: false });
  switch (job.state) {
    case "scheduled":
      return job.after.length > 0
        ? plain(
            `Waits for ${job.after.length === 1 ? "another job" : `${count(job.after.length)} other jobs`} to end.`,
          )
        : plain(`Starts ${relativeTime(Date.parse(job.run_at), now)}, at ${whenText(job.run_at, now)}.`);
    case "pending":
      return pending(job, waiting, now, plain);
    case "running":
      return running(job, now, plain);
    case "retrying":
      return plain(
        `Attempt ${job.attempt + 1} of ${job.max_attempts} starts ${relativeTime(Date.parse(job.run_at), now)}.`,
        job.error ? `The last attempt ended with ${sentence(errorLine(job.error))}` : "",
      );
    case "failed":
      return failed(job, plain);
    case "completed":
      return plain(
        `Completed${tookText(job, " in ")}${job.attempt > 1 ? `, at attempt ${job.attempt} of ${job.max_attempts}` : ""}.`,
        job.progress?.message ? sentence(visible(job.progress.message)) : "",
      );
    case "cancelled":
      return plain(job.started_at ? `Cancelled${tookText(job, " after ")}.` : "Cancelled before it started.");
  }
}

type Plain = (title: string, detail?: string) => Why;

function pending(job: Job, waiting: WhyWaiting | undefined, now: number, plain: Plain): Why {
  const since = relativeTime(Math.max(Date.parse(job.run_at), Date.parse(job.created_at)), now, true);
  const crashed =
    job.crashes > 0 ? `Its worker was lost ${job.crashes === 1 ? "once" : `${job.crashes} times`}. ` : "";
  const inLine = `${crashed}In line for ${since === "now" ? `less than 1${NBSP}s` : since}, with ${job.priority} priority.`;
  switch (waiting?.reason) {
    case "no_worker_for_kind":
      return {
        title: `Nothing will happen: no worker runs ${job.kind} now.`,
        detail: `${crashed}It starts by itself as soon as one does.`,
        stuck: true,
      };
    case "queue_paused":
      return plain(
        `Queue ${job.queue} is paused.`,
        `${inLine} It starts when an operator resumes the queue.`,
      );
    case "concurrency_limit":
    case "rate_limit":
    case "owner_limit":
    case "held":
      return plain(waiting.detail, inLine);
    case "waiting_turn":
      return plain(aheadText(job, waiting), `${inLine}${startText(waiting, now)}`);
    default:
      return plain(`Waits for its turn in queue ${job.queue}.`, inLine);
  }
}

/** The server counts to this. */
const MOST_AHEAD = 1_000;

function aheadText(job: Job, { ahead, detail }: WhyWaiting): string {
  // One that has cost its worker twice runs alone: its place in line says nothing.
  if (job.crashes >= 2) return detail;
  const number = ahead.all ?? ahead.mine;
  if (number === 0) {
    return ahead.all === null
      ? `Waits for its turn in queue ${job.queue}.`
      : `It is next in queue ${job.queue}.`;
  }
  const amount = number >= MOST_AHEAD ? `${count(MOST_AHEAD)} or more` : count(number);
  const jobs = `${amount} ${ahead.all === null ? "of your jobs" : number === 1 ? "job" : "jobs"}`;
  return `${jobs} ${number === 1 ? "is" : "are"} ahead of it in queue ${job.queue}.`;
}

function startText({ expected_start_at: at }: WhyWaiting, now: number): string {
  if (at === null || Date.parse(at) <= now) return "";
  return ` It should start about ${whenText(at, now)}.`;
}

function running(job: Job, now: number, plain: Plain): Why {
  if (job.cancel_requested) {
    return plain("Asked to stop.", "It goes on until its handler stops, or is stopped.");
  }
  const on = job.worker ? ` on ${job.worker}` : "";
  const message = job.progress?.message ? `, ${visible(job.progress.message.replace(/[.!]+$/, ""))}` : "";
  const end = expectedEnd(job, now);
  const left = end === null ? "" : ` About ${coarse(Math.max(1_000, end - now))} left.`;
  const attempt = job.attempt > 1 ? `Attempt ${job.attempt} of ${job.max_attempts}. ` : "";
  const limit = `It may take ${limitText(job.timeout_seconds)}.`;
  return plain(`Running${on}${message}.${left}`, `${attempt}${limit}`);
}

function failed(job: Job, plain: Plain): Why {
  const reason = job.error?.message.split("\n")[0]?.slice(0, 240) || (job.error?.type ?? "no reason given");
  const title = `Failed for good: ${sentence(visible(reason))}`;
  if (job.error?.type === "poison") return plain(title, "It took its worker down each time it ran.");
  const used =
    job.attempt >= job.max_attempts
      ? job.max_attempts === 1
        ? "The one attempt is used."
        : `All ${job.max_attempts} attempts are used.`
      : `It was not worth another attempt: ${job.attempt} of ${job.max_attempts} used.`;
  return plain(title, `${job.error ? `${visible(job.error.type)}. ` : ""}${used}`);
}

function tookText(job: Job, word: string): string {
  const took = tookMs(job, 0);
  return took === null ? "" : `${word}${duration(took)}`;
}

/** A whole number of the largest unit: an estimate is no measurement. */
function coarse(ms: number): string {
  if (ms < 60_000) return `${Math.ceil(ms / 1_000)}${NBSP}s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)}${NBSP}min`;
  return `${Math.round(ms / 3_600_000)}${NBSP}h`;
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

const DAY_MS = 86_400_000;
const DATE = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});

function whenText(at: string, now: number): string {
  const time = Date.parse(at);
  return Math.abs(time - now) < DAY_MS ? clockTime(time) : DATE.format(time);
}

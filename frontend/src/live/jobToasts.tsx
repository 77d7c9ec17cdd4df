// ★ Tells the person what became of a job: once per job and outcome in this tab, and not on that job's own page.
import { Ban, CircleCheck, OctagonX } from "lucide-react";
import type { JobSummary } from "@/api/types";
import { FoldedToastActions, JobLink, JobToastActions } from "@/jobs/JobToastActions";
import { jobInUrl } from "@/jobs/jobInUrl";
import { closeToast, isToastOpen, showToast, type ToastProps } from "@/ui/Toasts";
import { count, duration } from "@/ui/time";
import { visible } from "@/ui/visible";
import { isOutcome } from "./applyJobEvents";
import { wasLookedAt } from "./lookedAt";
import type { JobEvent } from "./protocol";
import type { TabMemory } from "./seen";

/** More than this many within the window become one. */
export const FOLD_ABOVE = 3;
export const FOLD_WINDOW_MS = 2_000;
/** In a flood its toast counts on this often: each time it is measured anew, and nobody reads more. */
export const FOLD_SHOWN_EVERY_MS = 500;
/** What a hidden tab keeps to tell when it is looked at again. */
const HELD_LIMIT = 1_000;
/** What a toast says of an error. */
const ERROR_LENGTH = 200;
const WORD = { completed: "completed", failed: "failed", cancelled: "cancelled" } as const;

type Outcome = keyof typeof WORD;
type Tally = Record<Outcome, number>;

/** A burst of outcomes in one toast. */
interface Fold {
  id: string;
  tally: Tally;
}

export interface JobToasts {
  tell: (events: readonly JobEvent[]) => void;
  stop: () => void;
}

/** `shownJob` is the id of the job whose page is open, or null. */
export function createJobToasts(memory: TabMemory, shownJob: () => string | null = jobInUrl): JobToasts {
  let singles: { id: string; at: number; outcome: Outcome }[] = [];
  let folded: (Fold & { at: number }) | null = null;
  /** The last one that tells of failures: it stays until it is closed. */
  let failing: Fold | null = null;
  let bursts = 0;
  let shownAt = Number.NEGATIVE_INFINITY;
  let showing: ReturnType<typeof setTimeout> | undefined;

  // Without a look at the clock again: a timer may come a moment early, and the last count would never be shown.
  const show = () => {
    clearTimeout(showing);
    showing = undefined;
    shownAt = Date.now();
    if (!folded) return;
    if (folded.tally.failed > 0) {
      // Failures are counted on where they are told already, so that there is one such toast; what else ends fades.
      if (failing && failing.id !== folded.id && isToastOpen(failing.id)) {
        add(folded.tally, failing.tally);
        closeToast(failing.id);
      }
      failing = folded;
    }
    showToast(folded.id, foldedToast(folded));
  };
  const showFolded = () => {
    if (showing !== undefined) return;
    const wait = shownAt + FOLD_SHOWN_EVERY_MS - Date.now();
    if (wait > 0) showing = setTimeout(show, wait);
    else show();
  };
  const tellOne = (event: JobEvent) => {
    const now = Date.now();
    const outcome = event.event as Outcome;
    singles = singles.filter((single) => now - single.at < FOLD_WINDOW_MS);
    if (folded && now - folded.at >= FOLD_WINDOW_MS) {
      if (showing !== undefined) show();
      folded = null;
    }

    if (!folded && singles.length < FOLD_ABOVE) {
      const id = `job-${event.id}`;
      singles.push({ id, at: now, outcome });
      showToast(
        id,
        jobToast(event.job, outcome, () => closeToast(id)),
      );
      return;
    }
    // The burst goes on: what was told singly a moment ago is counted in, and its toasts make room.
    if (!folded) bursts += 1;
    const tally: Tally = folded?.tally ?? { completed: 0, failed: 0, cancelled: 0 };
    for (const single of singles) {
      tally[single.outcome] += 1;
      closeToast(single.id);
    }
    singles = [];
    tally[outcome] += 1;
    folded = { id: folded?.id ?? `jobs-folded-${bursts}`, tally, at: now };
  };

  const tellHeld = () => {
    if (document.visibilityState !== "visible") return;
    const events = memory.held;
    if (events.length === 0) return;
    memory.held = [];
    const before = folded;
    for (const event of events) tellOne(event);
    // Once for the batch: a hundred outcomes are a hundred additions and one toast.
    if (folded !== before) showFolded();
  };
  document.addEventListener("visibilitychange", tellHeld);
  // The tab was loaded anew before it was looked at; where messages stand may be drawn after this.
  const first = setTimeout(tellHeld);

  return {
    tell: (events) => {
      const held: JobEvent[] = [];
      for (const event of events) {
        if (!isOutcome(event) || !memory.tell(event.id)) continue;
        if (event.job.id === shownJob() || wasLookedAt(event.job)) continue;
        held.push(shortened(event));
      }
      if (held.length === 0) return;
      memory.held = [...memory.held, ...held].slice(-HELD_LIMIT);
      tellHeld();
    },
    stop: () => {
      clearTimeout(first);
      clearTimeout(showing);
      document.removeEventListener("visibilitychange", tellHeld);
    },
  };
}

function add(tally: Tally, more: Tally): void {
  for (const outcome of Object.keys(WORD) as Outcome[]) tally[outcome] += more[outcome];
}

/** What is kept of a long error is what is told of it. */
function shortened(event: JobEvent): JobEvent {
  const { job } = event;
  if (!job.error || job.error.message.length <= ERROR_LENGTH) return event;
  const error = { ...job.error, message: job.error.message.slice(0, ERROR_LENGTH) };
  return { ...event, job: { ...job, error } };
}

function jobToast(job: JobSummary, outcome: Outcome, close: () => void): ToastProps & { stays: boolean } {
  const linked = (words: string) => (
    <JobLink jobId={job.id} onOpen={close}>
      {job.kind} {words}
    </JobLink>
  );
  switch (outcome) {
    case "completed":
      return {
        tone: "completed",
        icon: <CircleCheck strokeWidth={1.75} aria-hidden="true" />,
        title: linked("finished"),
        text: visible([job.progress?.message, tookText(job)].filter(Boolean).join(" ")),
        stays: false,
      };
    case "failed":
      return {
        tone: "failed",
        icon: <OctagonX strokeWidth={1.75} aria-hidden="true" />,
        title: linked("failed"),
        text: `${errorText(job)} ${attemptsText(job)}`.trim(),
        actions: <JobToastActions jobId={job.id} onDone={close} />,
        stays: true,
      };
    case "cancelled":
      return {
        tone: "cancelled",
        icon: <Ban strokeWidth={1.75} aria-hidden="true" />,
        title: linked("was cancelled"),
        stays: false,
      };
  }
}

function foldedToast({ id, tally }: Fold): ToastProps & { stays: boolean } {
  const failed = tally.failed > 0;
  const total = tally.completed + tally.failed + tally.cancelled;
  const parts = (["completed", "failed", "cancelled"] as const).filter((outcome) => tally[outcome] > 0);
  const only = parts.length === 1 ? parts[0] : undefined;
  return {
    tone: failed ? "failed" : (only ?? "completed"),
    icon: failed ? (
      <OctagonX strokeWidth={1.75} aria-hidden="true" />
    ) : (
      <CircleCheck strokeWidth={1.75} aria-hidden="true" />
    ),
    title: `${count(total)} jobs ${only ? WORD[only] : "ended"}`,
    text: only ? undefined : parts.map((outcome) => `${count(tally[outcome])} ${WORD[outcome]}`).join(", "),
    actions: <FoldedToastActions state={failed ? "failed" : (only ?? null)} onDone={() => closeToast(id)} />,
    stays: failed,
  };
}

function tookText(job: JobSummary): string {
  if (!job.started_at || !job.finished_at) return "";
  return `in ${duration(Date.parse(job.finished_at) - Date.parse(job.started_at))}`;
}

/** 'ConnectTimeout: hooks.example.org did not answer in 30 s.' */
function errorText(job: JobSummary): string {
  if (!job.error) return "";
  const text = visible(`${job.error.type}: ${job.error.message}`.slice(0, ERROR_LENGTH));
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

function attemptsText(job: JobSummary): string {
  if (job.attempt < job.max_attempts) return "It was not worth another attempt.";
  return job.max_attempts > 1 ? `All ${job.max_attempts} attempts are used.` : "";
}

// The runs of a job in words.
import type { Attempt, JobState } from "@/api/types";

export type RunIcon = JobState | "lost";

const OUTCOME: Record<Attempt["outcome"], { word: string; icon: RunIcon }> = {
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

export function outcomeIcon(outcome: Attempt["outcome"]): RunIcon {
  return OUTCOME[outcome].icon;
}

/** A run that counts against the attempts has its number; one that was lost, snoozed or given back has not. */
export function runName({ attempt, outcome }: Pick<Attempt, "attempt" | "outcome">): string {
  const counts = outcome !== "lost" && outcome !== "snoozed" && outcome !== "released";
  return counts ? `Attempt ${attempt}` : "Run";
}

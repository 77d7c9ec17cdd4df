import {
  Ban,
  CalendarClock,
  CircleCheck,
  CircleDashed,
  type LucideIcon,
  OctagonX,
  RotateCw,
} from "lucide-react";
import type { JobState } from "@/api/types";

interface StateMeta {
  word: string;
  /** Null for running: its shape is the ring, which fills with the progress. */
  icon: LucideIcon | null;
}

/** Each state's word and shape; its colour comes from `data-tone`. Only failed is an octagon. */
export const STATE_META: Record<JobState, StateMeta> = {
  scheduled: { word: "Scheduled", icon: CalendarClock },
  pending: { word: "Pending", icon: CircleDashed },
  running: { word: "Running", icon: null },
  retrying: { word: "Retrying", icon: RotateCw },
  completed: { word: "Completed", icon: CircleCheck },
  failed: { word: "Failed", icon: OctagonX },
  cancelled: { word: "Cancelled", icon: Ban },
};

/** The order of the jobs table's tabs: the way of a job, then how it can end. */
export const STATES: readonly JobState[] = [
  "scheduled",
  "pending",
  "running",
  "retrying",
  "failed",
  "completed",
  "cancelled",
];

export function isFinished(state: JobState): boolean {
  return state === "completed" || state === "failed" || state === "cancelled";
}

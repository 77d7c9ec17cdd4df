import type { JobSummary } from "@/api/types";

export interface FailureGroup {
  key: string;
  kind: string;
  type: string;
  /** The message of the newest job in it, whole. */
  message: string;
  jobs: JobSummary[];
  lastAt: string;
}

/**
 * Failed jobs that failed the same way: same kind, same error type, same message but for numbers, ids and quoted
 * parts, which differ from job to job. Largest group first, then the latest.
 */
export function groupFailures(jobs: readonly JobSummary[]): FailureGroup[] {
  const groups = new Map<string, FailureGroup>();
  for (const job of jobs) {
    if (job.state !== "failed") continue;
    const type = job.error?.type ?? "failed";
    const message = job.error?.message ?? "";
    const key = [job.kind, type, shape(message)].join("\n");
    const lastAt = job.finished_at ?? job.created_at;
    const group = groups.get(key);
    if (!group) groups.set(key, { key, kind: job.kind, type, message, jobs: [job], lastAt });
    else {
      group.jobs.push(job);
      if (lastAt > group.lastAt) Object.assign(group, { lastAt, message });
    }
  }
  return [...groups.values()].sort(
    (a, b) => b.jobs.length - a.jobs.length || b.lastAt.localeCompare(a.lastAt),
  );
}

function shape(message: string): string {
  return message
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, "#")
    .replace(/"[^"]*"|'[^']*'/g, "#")
    .replace(/\d+/g, "#");
}

import { useCancelJobs, useRetryJobs } from "@/api/jobMutations";
import type { JobSummary } from "@/api/types";
import { count } from "@/ui/time";
import { canCancel, canRetry } from "../jobActions";
import { idTail } from "../jobText";
import { copyAndTell, tellDone, tellFailed } from "../notices";

/** The server takes 1,000 ids at once. */
const AT_ONCE = 1_000;

/** Retry, cancel and copy for one row or many, with what became of it told in a toast. */
export function useBulk() {
  const retrying = useRetryJobs();
  const cancelling = useCancelJobs();

  const run = async (
    jobs: readonly JobSummary[],
    act: (ids: string[]) => Promise<{ changed: number; skipped: number }>,
    done: string,
    undone: string,
  ) => {
    if (jobs.length === 0) return;
    const ids = jobs.map((job) => job.id);
    let changed = 0;
    let skipped = 0;
    try {
      for (let start = 0; start < ids.length; start += AT_ONCE) {
        const answer = await act(ids.slice(start, start + AT_ONCE));
        changed += answer.changed;
        skipped += answer.skipped;
      }
    } catch (error) {
      tellFailed(undone, error);
      return;
    }
    tellDone(`${done} ${jobsWord(changed)}`, skipped === 0 ? undefined : skippedText(skipped));
  };

  return {
    retry: (jobs: readonly JobSummary[]) =>
      run(jobs.filter(canRetry), retrying.mutateAsync, "Retried", "The jobs could not be retried"),
    cancel: (jobs: readonly JobSummary[]) =>
      run(jobs.filter(canCancel), cancelling.mutateAsync, "Cancelled", "The jobs could not be cancelled"),
    copy: (jobs: readonly JobSummary[]) => {
      const [only] = jobs;
      if (!only) return;
      const what = jobs.length === 1 ? `id ${idTail(only.id)}` : `${count(jobs.length)} ids`;
      void copyAndTell(jobs.map((job) => job.id).join("\n"), what);
    },
    busy: retrying.isPending ? ("retry" as const) : cancelling.isPending ? ("cancel" as const) : null,
  };
}

function jobsWord(number: number): string {
  return number === 1 ? "1 job" : `${count(number)} jobs`;
}

function skippedText(number: number): string {
  return number === 1 ? "1 had moved on already." : `${count(number)} had moved on already.`;
}

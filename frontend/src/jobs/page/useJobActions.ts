import { useNavigate } from "@tanstack/react-router";
import { useCancelJob, useRetryJob } from "@/api/jobMutations";
import type { Job } from "@/api/types";
import { useKeys } from "@/shell/useKeys";
import { canCancel, canRetry, canRunNow } from "../jobActions";
import { idTail } from "../jobText";
import { copyAndTell, tellFailed } from "../notices";

/** What can be done with one job, by button and by key. An action that can't be is undefined. */
export function useJobActions(job: Job) {
  const retrying = useRetryJob();
  const cancelling = useCancelJob();
  const navigate = useNavigate();

  const retry = () =>
    retrying.mutate(job.id, { onError: (error) => tellFailed("The job could not be retried", error) });
  const cancel = () =>
    cancelling.mutate(job.id, { onError: (error) => tellFailed("The job could not be cancelled", error) });
  const copyId = () => void copyAndTell(job.id, `id ${idTail(job.id)}`);
  const again = () => void navigate({ to: "/jobs/new", search: { from: job.id } });

  const actions = {
    retry: canRetry(job) || canRunNow(job) ? retry : undefined,
    retryWord: retryWord(job),
    cancel: canCancel(job) ? cancel : undefined,
    copyId,
    again,
    busy: retrying.isPending ? ("retry" as const) : cancelling.isPending ? ("cancel" as const) : null,
  };
  useKeys({
    r: () => actions.retry?.(),
    c: () => actions.cancel?.(),
    y: copyId,
  });
  return actions;
}

export type JobActions = ReturnType<typeof useJobActions>;

function retryWord(job: Job): string {
  if (job.state === "scheduled") return "Run now";
  return job.state === "retrying" ? "Retry now" : "Retry this job";
}

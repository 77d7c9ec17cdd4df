import { RotateCw } from "lucide-react";
import { useRetryJob } from "@/api/jobMutations";
import type { JobState } from "@/api/types";
import { Button, ButtonLink } from "@/ui/Button";

/** What to do about one job that ended: open it, and when it failed run it again. */
export function JobToastActions({
  jobId,
  retry,
  onDone,
}: {
  jobId: string;
  retry: boolean;
  onDone: () => void;
}) {
  const again = useRetryJob();
  return (
    <>
      {retry && (
        <Button
          size="sm"
          icon={<RotateCw aria-hidden="true" />}
          busy={again.isPending}
          onClick={() => again.mutate(jobId, { onSuccess: onDone })}
        >
          Retry
        </Button>
      )}
      <ButtonLink size="sm" look="ghost" to="/jobs/$id" params={{ id: jobId }} onClick={onDone}>
        Open
      </ButtonLink>
      {again.isError && <span className="self-center text-12 text-failed">{again.error.message}</span>}
    </>
  );
}

/** For many jobs in one toast: the table, narrowed to what matters. */
export function FoldedToastActions({ state, onDone }: { state: JobState | null; onDone: () => void }) {
  return (
    <ButtonLink size="sm" to="/jobs" search={state ? { state: [state] } : {}} onClick={onDone}>
      Open
    </ButtonLink>
  );
}

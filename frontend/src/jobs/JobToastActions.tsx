import { Link } from "@tanstack/react-router";
import { RotateCw } from "lucide-react";
import type { ReactNode } from "react";
import { useRetryJob } from "@/api/jobMutations";
import type { JobState } from "@/api/types";
import { Button, ButtonLink } from "@/ui/Button";
import { useIsShown } from "@/ui/useIsShown";
import { tellFailed } from "./notices";

interface OneJob {
  jobId: string;
  onDone: () => void;
}

/** What to do about a job that failed: run it again, or look at it. */
export function JobToastActions({ jobId, onDone }: OneJob) {
  const again = useRetryJob();
  const isShown = useIsShown();
  const retry = () =>
    again
      .mutateAsync(jobId)
      .then(onDone)
      // The message says it, unless it was closed.
      .catch((error: Error) => isShown() || tellFailed("The job could not be retried", error));
  return (
    <>
      <Button size="sm" icon={<RotateCw aria-hidden="true" />} busy={again.isPending} onClick={retry}>
        Retry
      </Button>
      {/* On phones the title is the way there. */}
      <ButtonLink
        size="sm"
        look="ghost"
        to="/jobs/$id"
        params={{ id: jobId }}
        onClick={onDone}
        className="max-md:hidden"
      >
        Open
      </ButtonLink>
      {again.isError && (
        <span className="line-clamp-2 self-center text-12 text-failed max-md:max-w-28">
          {again.error.message}
        </span>
      )}
    </>
  );
}

/** The title of a toast leads to the job. */
export function JobLink({
  jobId,
  onOpen,
  children,
}: {
  jobId: string;
  onOpen: () => void;
  children: ReactNode;
}) {
  return (
    <Link
      to="/jobs/$id"
      params={{ id: jobId }}
      onClick={onOpen}
      className="underline-offset-3 hover:underline"
    >
      {children}
    </Link>
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

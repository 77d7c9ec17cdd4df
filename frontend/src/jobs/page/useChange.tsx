import { useEditJob } from "@/api/jobMutations";
import type { EditJob, Job } from "@/api/types";
import { closeToast } from "@/ui/Toasts";
import { DONE_TOAST, tellDone, tellFailed, UndoButton } from "../notices";

interface Then {
  onSuccess?: () => void;
  /** The error where it has a place of its own; false when that is not there any more. */
  showError?: (error: Error) => boolean;
}

/** Changes a job that waits, and tells it with the way back: also to who has left the page meanwhile. */
export function useChange(job: Job) {
  const editing = useEditJob();
  const change = (wanted: EditJob, { onSuccess, showError }: Then = {}) => {
    const before: EditJob = Object.fromEntries(
      Object.keys(wanted).map((field) => [field, job[field as keyof EditJob]]),
    );
    const undo = () => {
      closeToast(DONE_TOAST);
      editing
        .mutateAsync({ id: job.id, change: before })
        .catch((error: Error) => tellFailed("It could not be changed back", error));
    };
    editing.mutateAsync({ id: job.id, change: wanted }).then(
      () => {
        onSuccess?.();
        tellDone("Changed the job", undefined, <UndoButton onClick={undo} />);
      },
      (error: Error) => {
        if (!showError?.(error)) tellFailed("The job could not be changed", error);
      },
    );
  };
  return { change, busy: editing.isPending };
}

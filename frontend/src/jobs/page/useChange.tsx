import { useEditJob } from "@/api/jobMutations";
import type { EditJob, Job } from "@/api/types";
import { closeToast } from "@/ui/Toasts";
import { DONE_TOAST, tellDone, tellFailed, UndoButton } from "../notices";

interface Then {
  onSuccess?: () => void;
  /** Instead of a message, where the error has a place of its own. */
  onError?: (error: Error) => void;
  onSettled?: () => void;
}

/** Changes a job that waits, and tells it with the way back. */
export function useChange(job: Job) {
  const editing = useEditJob();
  const change = (wanted: EditJob, { onSuccess, onError, onSettled }: Then = {}) => {
    const before: EditJob = Object.fromEntries(
      Object.keys(wanted).map((field) => [field, job[field as keyof EditJob]]),
    );
    const undo = () => {
      closeToast(DONE_TOAST);
      editing.mutate(
        { id: job.id, change: before },
        { onError: (error) => tellFailed("It could not be changed back", error) },
      );
    };
    editing.mutate(
      { id: job.id, change: wanted },
      {
        onSuccess: () => {
          onSuccess?.();
          tellDone("Changed the job", undefined, <UndoButton onClick={undo} />);
        },
        onError: onError ?? ((error) => tellFailed("The job could not be changed", error)),
        ...(onSettled ? { onSettled } : {}),
      },
    );
  };
  return { change, busy: editing.isPending };
}

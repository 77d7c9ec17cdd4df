import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { useCancelJob, useDiscardJob, useRetryJob } from "@/api/jobMutations";
import type { Job, Priority } from "@/api/types";
import { useKeys } from "@/shell/useKeys";
import { canCancel, canDiscard, canEdit, canRetry, canRunNow } from "../jobActions";
import { idTail } from "../jobText";
import { copyAndTell, tellDone, tellFailed } from "../notices";
import { type Place, useLeaveOut, usePlace } from "../trail";
import { useChange } from "./useChange";

/** What can be done with one job, by button and by key. An action that can't be is undefined. */
export function useJobActions(job: Job) {
  const place = usePlace(job.id);
  const { busy, ...sending } = useSending(job, place);
  const { change, busy: changing } = useChange(job);
  const [asked, setAsked] = useState<{ what: "edit" | "discard"; id: string } | null>(null);
  const ask = (what: "edit" | "discard") => setAsked({ what, id: job.id });
  const close = () => setAsked(null);
  const navigate = useNavigate();
  const open = (id: string | undefined) => id && void navigate({ to: "/jobs/$id", params: { id } });
  const copyId = () => void copyAndTell(job.id, `id ${idTail(job.id)}`);

  const actions = {
    retry: canRetry(job) || canRunNow(job) ? sending.retry : undefined,
    retryWord: retryWord(job),
    cancel: canCancel(job) ? sending.cancel : undefined,
    edit: canEdit(job) ? () => ask("edit") : undefined,
    change,
    setPriority: (priority: Priority) => !changing && change({ priority }),
    /** Asks first: there is no way back. */
    askDiscard: canDiscard(job) ? () => ask("discard") : undefined,
    discard: () => sending.discard(close),
    /** Not about another job, where the page went on to it. */
    asking: asked?.id === job.id ? asked.what : null,
    close,
    copyId,
    copyLink: () => void copyAndTell(location.href, "the link"),
    again: () => void navigate({ to: "/jobs/new", search: { from: job.id } }),
    busy: changing ? ("edit" as const) : busy,
    place,
  };
  useKeys({
    r: () => actions.retry?.(),
    c: () => actions.cancel?.(),
    e: () => actions.edit?.(),
    y: copyId,
    j: () => open(place.next),
    k: () => open(place.previous),
  });
  return actions;
}

export type JobActions = ReturnType<typeof useJobActions>;

/** Retry, cancel and discard, one at a time. */
function useSending(job: Job, place: Place) {
  const retrying = useRetryJob();
  const cancelling = useCancelJob();
  const discarding = useDiscardJob();
  const navigate = useNavigate();
  const leaveOut = useLeaveOut();
  // Not `isPending`: a second key press comes before the page is drawn anew.
  const isSending = useRef(false);
  /** Not by `mutate`, whose answers nobody hears who has left the page. */
  const once = (undone: string, send: () => Promise<unknown>) => {
    if (isSending.current) return;
    isSending.current = true;
    send()
      .catch((error: Error) => tellFailed(undone, error))
      .finally(() => {
        isSending.current = false;
      });
  };
  const goOn = () => {
    if (place.next) void navigate({ to: "/jobs/$id", params: { id: place.next } });
    else void navigate({ to: "/jobs", search: place.search });
  };
  const discard = async (onDone: () => void) => {
    await discarding.mutateAsync(job.id, {
      // These alone are for who is still here.
      onSuccess: () => {
        onDone();
        goOn();
      },
    });
    leaveOut(job.id);
    tellDone(`Discarded ${job.kind} ${idTail(job.id)}`);
  };
  return {
    retry: () => once("The job could not be retried", () => retrying.mutateAsync(job.id)),
    cancel: () => once("The job could not be cancelled", () => cancelling.mutateAsync(job.id)),
    discard: (onDone: () => void) => once("The job could not be discarded", () => discard(onDone)),
    busy: retrying.isPending
      ? ("retry" as const)
      : cancelling.isPending
        ? ("cancel" as const)
        : discarding.isPending
          ? ("discard" as const)
          : null,
  };
}

function retryWord(job: Job): string {
  if (job.state === "scheduled") return "Run now";
  return job.state === "retrying" ? "Retry now" : "Retry this job";
}

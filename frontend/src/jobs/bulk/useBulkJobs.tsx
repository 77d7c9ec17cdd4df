import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { type BulkVerb, changeIds, changeMatching, type Tally } from "@/api/bulk";
import { dropJobs, guessJobs, readListsAnew } from "@/api/jobCache";
import { expectedAfter } from "@/api/jobMutations";
import type { JobFilters, JobSummary } from "@/api/types";
import { noteMissed, readShown } from "@/live/poll";
import { closeToast } from "@/ui/Toasts";
import { DONE_TOAST, tellDone, tellFailed, UNDONE_TOAST, UndoButton } from "../notices";
import { doneTitle, skippedText, VERB_WORDS } from "./bulkText";
import { followOperation } from "./operations";

/** These very jobs, or all that a filter names; then `expected` is about how many, as far as it is known. */
export type BulkTarget = { jobs: readonly JobSummary[] } | { filter: JobFilters; expected?: number | null };

/**
 * Retry, cancel and discard of many, with what became of it told in a message; over 1,000 the message follows the server
 * as it goes on. `run` resolves with whether the server took it. One at a time: a second call does nothing.
 */
export function useBulkJobs() {
  const queryClient = useQueryClient();
  const [busy, setBusy] = useState<BulkVerb | null>(null);
  // Not `busy`: a second key press comes before the page is drawn anew.
  const isSending = useRef(false);

  const run = async (verb: BulkVerb, target: BulkTarget): Promise<boolean> => {
    if (isSending.current) return false;
    isSending.current = true;
    setBusy(verb);
    try {
      if ("jobs" in target) await changeTold(queryClient, verb, target.jobs);
      else await changeAll(queryClient, verb, target);
      return true;
    } catch (error) {
      tellFailed(VERB_WORDS[verb].undone, error);
      return false;
    } finally {
      isSending.current = false;
      setBusy(null);
      // What was skipped is not said by id: whatever is on screen is read anew, and the rows stay where they are.
      void readShown(queryClient);
    }
  };
  return { run, busy };
}

async function changeTold(
  queryClient: QueryClient,
  verb: BulkVerb,
  jobs: readonly JobSummary[],
): Promise<void> {
  if (jobs.length === 0) return;
  const done = await changeThese(queryClient, verb, jobs);
  // One that waited in line is back in it; one that waited for its time would start now, and one that ran has stopped.
  const canUndo = verb === "cancel" && jobs.every((job) => job.state === "pending");
  tellTally(verb, done, canUndo ? <Undo queryClient={queryClient} jobs={jobs} /> : undefined);
}

async function changeThese(
  queryClient: QueryClient,
  verb: BulkVerb,
  jobs: readonly JobSummary[],
): Promise<Tally> {
  const ids = jobs.map((job) => job.id);
  const takeBack = verb === "discard" ? undefined : guessJobs(queryClient, jobs, expectedAfter[verb]);
  let answered = 0;
  const count = ({ changed, skipped }: Tally) => {
    answered = changed + skipped;
  };
  let done: Tally;
  try {
    done = await changeIds(verb, ids, count);
  } catch (error) {
    takeBack?.(answered);
    // The answer may be lost of what was done.
    noteMissed(queryClient);
    throw error;
  }
  if (done.skipped > 0) noteMissed(queryClient);
  else if (verb === "discard") dropJobs(queryClient, ids);
  return done;
}

async function changeAll(
  queryClient: QueryClient,
  verb: BulkVerb,
  { filter, expected = null }: { filter: JobFilters; expected?: number | null },
): Promise<void> {
  const told = await changeMatching(verb, filter);
  if ("operation" in told) void followOperation(queryClient, told.operation, expected);
  else tellTally(verb, told);
  void readListsAnew(queryClient);
}

function tellTally(verb: BulkVerb, done: Tally, undo?: React.ReactNode, id?: string): void {
  tellDone(doneTitle(verb, done), skippedText(done), undo, id);
}

function Undo({ queryClient, jobs }: { queryClient: QueryClient; jobs: readonly JobSummary[] }) {
  const undo = async () => {
    closeToast(DONE_TOAST);
    try {
      tellTally("retry", await changeThese(queryClient, "retry", jobs), undefined, UNDONE_TOAST);
    } catch (error) {
      tellFailed(VERB_WORDS.retry.undone, error);
    }
    void readShown(queryClient);
  };
  return <UndoButton onClick={() => void undo()} />;
}

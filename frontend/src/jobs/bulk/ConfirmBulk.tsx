import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { BulkVerb } from "@/api/bulk";
import { jobCounts } from "@/api/jobs";
import type { JobCounts, JobFilters, JobState } from "@/api/types";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Skeleton, SkeletonGroup } from "@/ui/Skeleton";
import { count } from "@/ui/time";
import { StateIcon } from "../StateBadge";
import { STATE_META } from "../stateMeta";
import { jobsWord, VERB_WORDS } from "./bulkText";

/** What is to be done, and to which: `filter` names all that are meant, else `number` jobs were picked. */
export interface Ask {
  verb: BulkVerb;
  filter?: JobFilters;
  number?: number;
}

/** What becomes of them, where that is not plain. */
function noteOf(verb: BulkVerb, number: number | null): string | undefined {
  switch (verb) {
    case "cancel":
      return "Those that run are asked to stop. Cancelled jobs can be retried.";
    case "discard":
      return number === 1
        ? "It is gone for good, with its payload, result, timeline and log."
        : "They are gone for good, with their payloads, results, timelines and logs.";
    default:
      return undefined;
  }
}

/** Says how many there are, by state, before anything is done that a click can't take back. */
export function ConfirmBulk({
  ask: asked,
  busy,
  onConfirm,
  onClose,
}: {
  ask: Ask | null;
  busy: boolean;
  /** With about how many it will be; null when the server does not count so far. */
  onConfirm: (ask: Ask, expected: number | null) => void;
  onClose: () => void;
}) {
  // While it closes it still says what it said.
  const [ask, setAsk] = useState(asked);
  if (asked && asked !== ask) setAsk(asked);
  const counts = useQuery({ ...jobCounts(ask?.filter ?? {}), enabled: ask?.filter !== undefined });
  const states = ask?.filter?.state ?? [];
  const found = ask?.filter && counts.data ? sum(counts.data, states) : (ask?.number ?? null);
  const atLeast = ask?.filter !== undefined && counts.data?.capped === true;
  const words = VERB_WORDS[ask?.verb ?? "retry"];
  const amount = found === null ? "these jobs" : `${atLeast ? "at least " : ""}${jobsWord(found)}`;
  const nothing = found === 0 && !atLeast;
  return (
    <Dialog
      open={asked !== null}
      onClose={onClose}
      title={nothing ? `Nothing to ${words.act.toLowerCase()}` : `${words.act} ${amount}?`}
      description={
        nothing ? "No job that matches is in a state that allows it." : ask && noteOf(ask.verb, found)
      }
      className="md:w-[420px]!"
      actions={
        <>
          <Button onClick={onClose}>{nothing ? "Close" : "Not now"}</Button>
          {!nothing && (
            <Button
              look={ask?.verb === "retry" ? "go" : "danger"}
              busy={busy}
              disabled={found === null}
              onClick={() => ask && onConfirm(ask, atLeast ? null : found)}
            >
              {words.act} {amount}
            </Button>
          )}
        </>
      }
    >
      {ask?.filter && !nothing && <ByState counts={counts.data} states={states} error={counts.error} />}
    </Dialog>
  );
}

function ByState({
  counts,
  states,
  error,
}: {
  counts: JobCounts | undefined;
  states: readonly JobState[];
  error: Error | null;
}) {
  if (error && !counts) return <p className="mt-3 text-failed">They could not be counted: {error.message}</p>;
  if (!counts) {
    return (
      <SkeletonGroup className="mt-4 flex flex-col gap-3">
        <Skeleton className="w-40" />
        <Skeleton className="w-32" />
      </SkeletonGroup>
    );
  }
  return (
    <ul className="mt-3 flex flex-col gap-1.5">
      {states
        .filter((state) => counts[state] > 0)
        .map((state) => (
          <li key={state} className="flex items-center gap-2">
            <StateIcon state={state} fraction={0.3} />
            <span className="flex-1">{STATE_META[state].word}</span>
            <span>
              {count(counts[state])}
              {counts.capped && "+"}
            </span>
          </li>
        ))}
    </ul>
  );
}

function sum(counts: JobCounts, states: readonly JobState[]): number {
  return states.reduce((all, state) => all + counts[state], 0);
}

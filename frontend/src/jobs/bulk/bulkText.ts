// What was done to many jobs, in words.
import type { BulkVerb, Tally } from "@/api/bulk";
import { count } from "@/ui/time";

interface Words {
  /** 'Retry 38': on the button. */
  act: string;
  doing: string;
  done: string;
  undone: string;
}

export const VERB_WORDS: Record<BulkVerb, Words> = {
  retry: { act: "Retry", doing: "Retrying", done: "Retried", undone: "The jobs could not be retried" },
  cancel: {
    act: "Cancel",
    doing: "Cancelling",
    done: "Cancelled",
    undone: "The jobs could not be cancelled",
  },
  discard: {
    act: "Discard",
    doing: "Discarding",
    done: "Discarded",
    undone: "The jobs could not be discarded",
  },
};

export function jobsWord(number: number): string {
  return number === 1 ? "1 job" : `${count(number)} jobs`;
}

/** 'Retried 4 jobs' */
export function doneTitle(verb: BulkVerb, { changed }: Tally): string {
  return `${VERB_WORDS[verb].done} ${jobsWord(changed)}`;
}

/** What failed of it; nothing when all went well. */
export function skippedText({ skipped }: Tally): string | undefined {
  if (skipped === 0) return undefined;
  return `${count(skipped)} had moved on already, or could not be changed.`;
}

// A half-filled new-job form, for the way back to it: in this tab, until it is submitted or one signs out.
import { HELD } from "@/live/seen";

const PREFIX = "jobyard.draft.";

export function readDraft(userId: string): string | null {
  try {
    return sessionStorage.getItem(PREFIX + userId);
  } catch {
    return null;
  }
}

/** Null forgets it. */
export function writeDraft(userId: string, text: string | null): void {
  try {
    if (text === null) sessionStorage.removeItem(PREFIX + userId);
    else sessionStorage.setItem(PREFIX + userId, text);
  } catch {
    // Full or forbidden storage: the form is empty next time.
  }
}

/** For who signs out: nothing of one user may be left for the next. A session that ran out leaves the draft. */
export function forgetDrafts(): void {
  // An open form keeps what is in it when it goes, and it goes with the session.
  setTimeout(removeAll);
}

function removeAll(): void {
  try {
    const keys = Object.keys(sessionStorage);
    const mine = keys.filter((key) => key.startsWith(PREFIX) || key.endsWith(`.${HELD}`));
    for (const key of mine) sessionStorage.removeItem(key);
  } catch {
    // Forbidden storage has none.
  }
}

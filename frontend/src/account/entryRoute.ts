import { redirect } from "@tanstack/react-router";
import { getSession, mayBeSignedIn, refresh } from "@/api/session";
import { safeTarget } from "./deepLink";

export interface EntrySearch {
  /** Where to go after signing in: a path under /app. */
  to?: string;
}

/**
 * Also for what the router gives back: it lays what was validated over what the URL said, and so an address elsewhere
 * that was left out is there again.
 */
export function entrySearch(search: Record<string, unknown>): EntrySearch {
  const to = safeTarget(search.to);
  return to ? { to } : {};
}

/** Who is signed in already has no business at the door. */
export async function enterIfSignedIn(search: EntrySearch): Promise<void> {
  const { to } = entrySearch({ ...search });
  if (getSession().status === "unknown" && mayBeSignedIn()) {
    // The server may be away: then the form is shown, and says so when it is sent.
    await refresh().catch(() => undefined);
  }
  if (getSession().status === "signed-in") throw redirect({ href: to ?? "/", replace: true });
}

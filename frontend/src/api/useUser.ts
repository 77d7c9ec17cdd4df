import { useSyncExternalStore } from "react";
import { getSession, onSessionChange } from "./session";
import type { User } from "./types";

/** Who is signed in, as it is now: a role can change while the page is open. */
export function useUser(): User | null {
  const session = useSyncExternalStore(onSessionChange, getSession);
  return session.status === "signed-in" ? session.user : null;
}

export function useIsAdmin(): boolean {
  return useUser()?.role === "admin";
}

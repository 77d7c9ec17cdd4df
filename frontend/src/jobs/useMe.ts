import { useSyncExternalStore } from "react";
import { getSession, onSessionChange } from "@/api/session";

/** The id of who is signed in. */
export function useMe(): string | null {
  const session = useSyncExternalStore(onSessionChange, getSession);
  return session.status === "signed-in" ? session.user.id : null;
}

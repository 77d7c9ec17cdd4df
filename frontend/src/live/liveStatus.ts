import { useSyncExternalStore } from "react";

/** What the live dot says. `polling`: the socket is away since `since`, and the page asks every few seconds instead. */
export type LiveStatus =
  | { status: "connecting" }
  | { status: "connected"; since: number }
  | { status: "polling"; since: number; nextTryAt: number };

let current: LiveStatus = { status: "connecting" };
const listeners = new Set<() => void>();

export function setLiveStatus(next: LiveStatus): void {
  current = next;
  for (const listener of listeners) listener();
}

export function getLiveStatus(): LiveStatus {
  return current;
}

export function useLiveStatus(): LiveStatus {
  return useSyncExternalStore(subscribe, getLiveStatus);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

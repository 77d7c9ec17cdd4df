// When its user was last away: no tab was looked at for a while. What ended meanwhile is told apart in the inbox.
import { useSyncExternalStore } from "react";

/** Shorter than this is a look at another window. */
export const AWAY_MS = 5 * 60_000;
const NOTE_EVERY_MS = 30_000;

/** In ms since 1970. */
export interface Away {
  from: number;
  to: number;
}

interface Stored {
  seen: number;
  away: Away | null;
}

let current: Away | null = null;
const listeners = new Set<() => void>();
const keyOf = (userId: string) => `jobyard.${userId}.seen`;

export function useAway(): Away | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}

/** Notes that somebody is here, while this tab is looked at; a return after a while is an absence that ends. */
export function followPresence(userId: string): () => void {
  const note = () => {
    if (document.visibilityState === "visible") arrive(userId, Date.now());
  };
  note();
  const timer = setInterval(note, NOTE_EVERY_MS);
  document.addEventListener("visibilitychange", note);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", note);
  };
}

function arrive(userId: string, now: number): void {
  const before = read(userId);
  const away =
    before && now - before.seen >= AWAY_MS ? { from: before.seen, to: now } : (before?.away ?? null);
  write(userId, { seen: now, away });
  if (away?.from === current?.from && away?.to === current?.to) return;
  current = away;
  for (const listener of listeners) listener();
}

function read(userId: string): Stored | null {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(keyOf(userId)) ?? "null");
    if (typeof stored !== "object" || stored === null || !("seen" in stored)) return null;
    const { seen, away } = stored as Stored;
    if (typeof seen !== "number") return null;
    const isWhole = typeof away?.from === "number" && typeof away.to === "number";
    return { seen, away: isWhole ? away : null };
  } catch {
    return null;
  }
}

function write(userId: string, stored: Stored): void {
  try {
    localStorage.setItem(keyOf(userId), JSON.stringify(stored));
  } catch {
    // Forbidden storage: nobody was ever away.
  }
}

import { useSyncExternalStore } from "react";
import { exactTime, relativeTime } from "./time";

const TICK_MS = 1_000;
let now = Date.now();
let timer: ReturnType<typeof setInterval> | null = null;
const listeners = new Set<() => void>();

/** The time now, in ms, moved on once a second for all that show it: one timer for the page, and none while unused. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === null) {
    now = Date.now();
    timer = setInterval(() => {
      now = Date.now();
      for (const each of listeners) each();
    }, TICK_MS);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer !== null) {
      clearInterval(timer);
      timer = null;
    }
  };
}

/** '2 m ago' or 'in 52 m', with the exact time on hover. */
export function RelativeTime({
  at,
  short = false,
  className,
}: {
  at: string;
  short?: boolean;
  className?: string;
}) {
  // Drawn anew when its words change, and not each second.
  const text = useSyncExternalStore(subscribe, () => relativeTime(Date.parse(at), now, short));
  return (
    <time dateTime={at} title={exactTime(at)} className={className}>
      {text}
    </time>
  );
}

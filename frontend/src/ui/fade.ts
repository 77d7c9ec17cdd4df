// How long a message stays, and what keeps it there.
import {
  type FocusEvent,
  type PointerEvent,
  useEffect,
  useEffectEvent,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";

/** Messages that a mouse rests on, and the focus among them. While there is one, none goes: the others would move it. */
const held = new Set<object>();
const listeners = new Set<() => void>();
const FOCUS = {};

/** Handlers around all messages: none goes while one moves among them by keyboard. */
export const HOLD_BY_FOCUS = {
  onFocus: ({ target }: FocusEvent) => {
    if (target.matches(":focus-visible")) hold(FOCUS);
  },
  onBlur: () => release(FOCUS),
};

/**
 * Handlers of one message, which is not to go while somebody reads it. A finger holds nothing: after a tap it is gone, and
 * the browser says that the pointer is there until the next tap elsewhere.
 */
export function useHoldByPointer() {
  const [mine] = useState({});
  useEffect(
    () => () => {
      release(mine);
      // What had the focus goes without a word.
      if (!document.activeElement?.closest("[data-sonner-toaster]")) release(FOCUS);
    },
    [mine],
  );
  return {
    onPointerEnter: ({ pointerType }: PointerEvent) => {
      if (pointerType !== "touch") hold(mine);
    },
    onPointerLeave: () => release(mine),
  };
}

/** Calls `onEnd` after `ms` in which the page was in sight and no message was held. Tells whether the time stands still. */
export function useFade(ms: number, onEnd: () => void): boolean {
  const isHeld = useSyncExternalStore(subscribe, () => held.size > 0);
  const isHidden = useSyncExternalStore(onSight, () => document.visibilityState === "hidden");
  const paused = isHeld || isHidden;
  const left = useRef(ms);
  const end = useEffectEvent(onEnd);
  useEffect(() => {
    if (paused) return undefined;
    const since = performance.now();
    const timer = setTimeout(() => end(), left.current);
    return () => {
      clearTimeout(timer);
      left.current = Math.max(0, left.current - (performance.now() - since));
    };
  }, [paused]);
  return paused;
}

function hold(who: object): void {
  held.add(who);
  tell();
}

function release(who: object): void {
  if (held.delete(who)) tell();
}

function tell(): void {
  for (const listener of listeners) listener();
}

function subscribe(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}

function onSight(changed: () => void): () => void {
  document.addEventListener("visibilitychange", changed);
  return () => document.removeEventListener("visibilitychange", changed);
}

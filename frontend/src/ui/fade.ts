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

/** Messages that a mouse rests on or that were reached by keyboard. While there is one, none goes: the others would move it. */
const held = new Set<object>();
const listeners = new Set<() => void>();

/**
 * Handlers for a message that is not to go while somebody reads it. A finger holds nothing: after a tap it is gone, and
 * the browser says that the pointer is there until the next tap elsewhere.
 */
export function useHold() {
  const [mine] = useState(() => ({ pointer: {}, focus: {} }));
  useEffect(
    () => () => {
      release(mine.pointer);
      release(mine.focus);
    },
    [mine],
  );
  return {
    onPointerEnter: ({ pointerType }: PointerEvent) => {
      if (pointerType !== "touch") hold(mine.pointer);
    },
    onPointerLeave: () => release(mine.pointer),
    onFocus: ({ target }: FocusEvent) => {
      if (target.matches(":focus-visible")) hold(mine.focus);
    },
    onBlur: () => release(mine.focus),
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

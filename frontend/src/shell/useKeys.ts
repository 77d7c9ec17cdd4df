import { useEffect, useEffectEvent } from "react";

/** The second key of a pair like `g j` must come within this time. */
const PAIR_MS = 1_000;

type Keys = Readonly<Record<string, (event: KeyboardEvent) => void>>;

/**
 * Plain keys of a screen, like `n` or `g j`. They rest while one types, while a dialog or menu is open, and with Ctrl,
 * Alt or the command key held: those belong to the browser.
 */
export function useKeys(keys: Keys, enabled = true): void {
  const handle = useEffectEvent((first: string | null, event: KeyboardEvent): string | null => {
    const pair = first === null ? undefined : keys[`${first} ${event.key}`];
    const act = pair ?? keys[event.key];
    if (act) {
      event.preventDefault();
      act(event);
      return null;
    }
    return Object.keys(keys).some((key) => key.startsWith(`${event.key} `)) ? event.key : null;
  });

  useEffect(() => {
    if (!enabled) return;
    let first: string | null = null;
    let firstAt = 0;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return;
      if (event.timeStamp - firstAt > PAIR_MS) first = null;
      first = handle(first, event);
      firstAt = event.timeStamp;
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [enabled]);
}

function isTaken({ target, key }: KeyboardEvent): boolean {
  // A focused link or button answers Enter itself.
  if (key === "Enter" && target instanceof Element && target.closest("a, button, summary")) return true;
  if (document.querySelector('[role="dialog"], [role="menu"], [role="listbox"]')) return true;
  return (
    target instanceof Element &&
    target.closest('input:not([type="checkbox"]), textarea, select, [contenteditable]') !== null
  );
}

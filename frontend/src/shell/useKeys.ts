import { useEffect, useEffectEvent } from "react";

/** The second key of a pair like `g j` must come within this time. */
const PAIR_MS = 1_000;
/** Only what moves goes on while a key is held down: what acts, acts once. */
const MAY_REPEAT: ReadonlySet<string> = new Set(["j", "k"]);

type Act = (event: KeyboardEvent) => void;
type Keys = Readonly<Record<string, Act>>;
/** Finds what a part of the page does at a key or pair; undefined when nothing. */
type Find = (key: string) => Act | undefined;

/** All who listen, the latest last: the innermost part of the page is asked first. */
const listeners: { find: Find; pairs: () => readonly string[] }[] = [];
const TYPING =
  "input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]:not([contenteditable=false])";
let first: { key: string; at: number } | null = null;

/**
 * Plain keys of a screen, like `n` or `g j`. They rest while one types, while a dialog or menu is open, and with Ctrl,
 * Alt or the command key held: those belong to the browser.
 */
export function useKeys(keys: Keys, enabled = true): void {
  const find = useEffectEvent((key: string) => keys[key]);
  const pairs = useEffectEvent(() => Object.keys(keys).filter((key) => key.includes(" ")));

  useEffect(() => {
    if (!enabled) return;
    const listener = { find: (key: string) => find(key), pairs: () => pairs() };
    if (listeners.length === 0) document.addEventListener("keydown", onKey);
    listeners.push(listener);
    return () => {
      listeners.splice(listeners.indexOf(listener), 1);
      if (listeners.length === 0) document.removeEventListener("keydown", onKey);
    };
  }, [enabled]);
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTaken(event.target))
    return;
  if (isPress(event) || (event.repeat && !MAY_REPEAT.has(event.key))) return;
  const before = first !== null && event.timeStamp - first.at <= PAIR_MS ? first.key : null;
  first = null;
  // After a first key only its pairs count: `g j` must not also move a row by `j`.
  const act = search(before === null ? event.key : `${before} ${event.key}`);
  if (act) {
    event.preventDefault();
    act(event);
  } else if (
    before === null &&
    listeners.some(({ pairs }) => pairs().some((pair) => pair.startsWith(`${event.key} `)))
  ) {
    first = { key: event.key, at: event.timeStamp };
  }
}

function search(key: string): Act | undefined {
  for (const { find } of listeners.toReversed()) {
    const act = find(key);
    if (act) return act;
  }
  return undefined;
}

function isTaken(target: EventTarget | null): boolean {
  if (document.querySelector('[role="dialog"], [role="menu"], [role="listbox"]')) return true;
  return target instanceof Element && target.closest(TYPING) !== null;
}

/** Enter belongs to a link or button that has the focus. */
function isPress(event: KeyboardEvent): boolean {
  const presses = event.key === "Enter" || event.key === " ";
  return presses && event.target instanceof Element && event.target.closest("a, button, summary") !== null;
}

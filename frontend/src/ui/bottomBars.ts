// Bars that stand at the bottom of the window: messages stand above them, so that nothing lies over what a thumb reaches for.
import { PHONE } from "./useMedia";

/** How far messages reach in from the right edge: their width and the room beside it. On phones all of the width is theirs. */
export const MESSAGES_REACH_PX = 356 + 20 + 8;

const bars = new Set<Element>();
let told = 0;
const observer = typeof ResizeObserver === "undefined" ? null : new ResizeObserver(measure);

/** The `ref` of a bar. How high the bars stand is `--bottom-bars`, in px: a bar that is hidden, or ends left of the messages, is none. */
export function bottomBar(bar: Element | null): (() => void) | undefined {
  if (!bar) return undefined;
  // Not only the bar: one that stays as it is moves with the window.
  if (bars.size === 0) observer?.observe(document.documentElement);
  bars.add(bar);
  observer?.observe(bar);
  measure();
  return () => {
    bars.delete(bar);
    observer?.unobserve(bar);
    if (bars.size === 0) observer?.unobserve(document.documentElement);
    measure();
  };
}

function measure(): void {
  const reachesTo = matchMedia(PHONE).matches ? 0 : innerWidth - MESSAGES_REACH_PX;
  let height = 0;
  for (const bar of bars) {
    const { top, right, height: own } = bar.getBoundingClientRect();
    if (own > 0 && right > reachesTo) height = Math.max(height, innerHeight - top);
  }
  // Every element of the page inherits it, and is styled anew when it changes.
  if (Math.ceil(height) === told) return;
  told = Math.ceil(height);
  document.documentElement.style.setProperty("--bottom-bars", `${told}px`);
}

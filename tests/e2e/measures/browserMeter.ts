// Runs in the browser, from before the page's first script: counts what the live line says, how long frames and answers to
// a hand take, and what moves by itself.
export interface Reading {
  /** Messages of the live line that tell of a job. */
  events: number;
  seconds: number;
  /** Between two frames that were drawn, in ms. */
  longestFrame: number;
  /** At 60 frames a second there are 60. */
  framesASecond: number;
  /** The browser's own word for a frame whose work took over 50 ms: the longest, in ms. */
  longestWork: number;
  /** What moved by itself, without a hand on mouse or keys half a second before: the sum of the browser's scores. */
  layoutShift: number;
  /** Clicks and keys, each until the next picture after it, in ms to the nearest 8; under 16 the browser says no more. */
  interactions: { count: number; p98: number; longest: number };
}

/** As Chromium tells of it. */
interface LayoutShift extends PerformanceEntry {
  value: number;
  hadRecentInput: boolean;
}

interface Meter {
  reset: () => void;
  read: () => Reading;
}

declare global {
  interface Window {
    meter: Meter;
  }
  // What Chromium has and TypeScript does not know of yet.
  interface Performance {
    readonly interactionCount: number;
  }
  interface PerformanceEventTiming {
    readonly interactionId: number;
  }
  interface PerformanceObserverInit {
    durationThreshold?: number;
  }
}

/** To be given to `page.addInitScript`: it must stand alone. */
export function installMeter(): void {
  let since = performance.now();
  let events = 0;
  let frames = 0;
  let longestFrame = 0;
  let longestWork = 0;
  let last = since;
  let layoutShift = 0;
  let handsBefore = 0;
  const SHORTEST_TOLD_MS = 16;
  /** A press is several events of one interaction: its longest counts. */
  const durations = new Map<number, number>();
  const tick = (now: number) => {
    longestFrame = Math.max(longestFrame, now - last);
    last = now;
    frames += 1;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) longestWork = Math.max(longestWork, entry.duration);
  }).observe({ type: "long-animation-frame" });
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput } of list.getEntries() as LayoutShift[]) {
      if (!hadRecentInput) layoutShift += value;
    }
  }).observe({ type: "layout-shift" });
  new PerformanceObserver((list) => {
    for (const { interactionId: id, duration } of list.getEntries() as PerformanceEventTiming[]) {
      if (id) durations.set(id, Math.max(durations.get(id) ?? 0, duration));
    }
  }).observe({ type: "event", durationThreshold: SHORTEST_TOLD_MS });
  const interactions = () => {
    const told = [...durations.values()].sort((one, other) => other - one);
    const count = Math.max(told.length, performance.interactionCount - handsBefore);
    const at = (rank: number) => (count === 0 ? 0 : (told[rank] ?? SHORTEST_TOLD_MS));
    return { count, p98: at(Math.floor(count * 0.02)), longest: at(0) };
  };
  window.WebSocket = class extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener("message", ({ data }) => {
        if (typeof data === "string" && data.includes('"type":"job"')) events += 1;
      });
    }
  };
  window.meter = {
    reset: () => {
      since = performance.now();
      last = since;
      events = 0;
      frames = 0;
      longestFrame = 0;
      longestWork = 0;
      layoutShift = 0;
      handsBefore = performance.interactionCount;
      durations.clear();
    },
    read: () => {
      const seconds = (performance.now() - since) / 1_000;
      return {
        events,
        seconds,
        longestFrame,
        framesASecond: frames / seconds,
        longestWork,
        layoutShift,
        interactions: interactions(),
      };
    },
  };
}

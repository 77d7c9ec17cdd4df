// Runs in the browser, from before the page's first script: counts what the live line says and how long frames take.
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
}

interface Meter {
  reset: () => void;
  read: () => Reading;
}

declare global {
  interface Window {
    meter: Meter;
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
    },
    read: () => {
      const seconds = (performance.now() - since) / 1_000;
      return { events, seconds, longestFrame, framesASecond: frames / seconds, longestWork };
    },
  };
}

// Notifications by the browser itself, for who asked for them and looks elsewhere. They come while a tab of the page is
// open, since the page's socket brings them: there is no service worker.
import { useSyncExternalStore } from "react";
import type { NoticeEvent } from "@/live/protocol";
import { count } from "@/ui/time";
import { SEEN_LOCK } from "./sight";

/** More at once than this are told as one. */
const SINGLE_AT_MOST = 2;
const listeners = new Set<() => void>();

export type BrowserNotices = "on" | "off" | "blocked" | "unsupported";

const keyOf = (userId: string) => `jobyard.${userId}.browser-notices`;

export function useBrowserNotices(userId: string): BrowserNotices {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => stateOf(userId),
  );
}

/**
 * Asks the browser for leave, and shows one at once: so one sees what will come, and a browser that has the name and not
 * the thing (Chrome on Android) is found out. False where nothing will come.
 */
export async function turnOn(userId: string): Promise<boolean> {
  if (typeof Notification === "undefined") return false;
  const leave = await Notification.requestPermission();
  const sample = {
    title: "Jobyard tells you here",
    body: "When a job of yours ends while you look elsewhere.",
  };
  if (leave === "granted" && show({ ...sample, tag: "jobyard", onOpen: () => {} })) remember(userId, true);
  for (const listener of listeners) listener();
  return stateOf(userId) === "on";
}

export function turnOff(userId: string): void {
  remember(userId, false);
  for (const listener of listeners) listener();
}

/** Tells what came into the inbox, unless somebody looks at the page in some tab. A click opens a path below /app. */
export function tellBrowser(
  userId: string,
  notices: readonly NoticeEvent[],
  open: (path: string) => void,
): void {
  if (stateOf(userId) !== "on") return;
  void isSeen().then((seen) => {
    if (seen) return;
    if (notices.length > SINGLE_AT_MOST) {
      const title = `${count(notices.length)} jobs ended`;
      show({ title, body: tallyOf(notices), tag: "jobyard", onOpen: () => open("/notifications") });
      return;
    }
    for (const notice of notices) {
      const onOpen = () => open(`/jobs/${notice.job_id}`);
      show({ title: titleOf(notice), body: notice.message, tag: notice.id, onOpen });
    }
  });
}

async function isSeen(): Promise<boolean> {
  if (document.visibilityState === "visible") return true;
  if (!navigator.locks) return false;
  const { held } = await navigator.locks.query();
  return held?.some(({ name }) => name === SEEN_LOCK) ?? false;
}

function stateOf(userId: string): BrowserNotices {
  if (typeof Notification === "undefined") return "unsupported";
  if (Notification.permission === "denied") return "blocked";
  try {
    return Notification.permission === "granted" && localStorage.getItem(keyOf(userId)) ? "on" : "off";
  } catch {
    return "off";
  }
}

function remember(userId: string, on: boolean): void {
  try {
    if (on) localStorage.setItem(keyOf(userId), "1");
    else localStorage.removeItem(keyOf(userId));
  } catch {
    // Forbidden storage: it stays off.
  }
}

interface Shown {
  title: string;
  body: string;
  /** Told again after a change of the leading tab, it takes the place of the first. */
  tag: string;
  onOpen: () => void;
}

/** False where the browser can't. */
function show({ title, body, tag, onOpen }: Shown): boolean {
  try {
    const shown = new Notification(title, { body, tag, icon: "/app/mark.svg" });
    shown.onclick = () => {
      window.focus();
      shown.close();
      onOpen();
    };
    return true;
  } catch {
    return false;
  }
}

function titleOf({ kind, event }: NoticeEvent): string {
  return `${kind} ${event === "cancelled" ? "was cancelled" : event}`;
}

function tallyOf(notices: readonly NoticeEvent[]): string {
  const parts = (["completed", "failed", "cancelled"] as const).map((event) => {
    const found = notices.filter((notice) => notice.event === event).length;
    return found > 0 ? `${count(found)} ${event}` : "";
  });
  return parts.filter(Boolean).join(", ");
}

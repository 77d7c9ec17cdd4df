// Joins the parts: socket → cache, toasts, live dot; polling while the socket is away. One instance, in the shell.
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { inboxKeys } from "@/api/notifications";
import { freshToken, getSession, refresh } from "@/api/session";
import { followSight } from "@/notifications/sight";
import { applyJobEvents } from "./applyJobEvents";
import { createJobToasts } from "./jobToasts";
import { getLiveStatus, setLiveStatus } from "./liveStatus";
import { catchUp, poll, readMissed } from "./poll";
import { refetchSoon } from "./refetchSoon";
import { TabMemory } from "./seen";
import { SharedLine } from "./sharedLine";
import type { LineState } from "./socket";

/** A cut shorter than this is not worth a word. */
const PATIENCE_MS = 2_000;

let line: SharedLine | null = null;

/** For the banner's 'Try now'. */
export function retryLive(): void {
  line?.wake();
}

export function useLiveJobs(userId: string): void {
  const queryClient = useQueryClient();
  const router = useRouter();
  useEffect(() => {
    const memory = new TabMemory(userId);
    const toasts = createJobToasts(memory);
    const status = followStatus(
      () => catchUp(queryClient),
      () => poll(queryClient),
    );
    const shared = new SharedLine({
      userId,
      url: `${location.origin.replace(/^http/, "ws")}/ws/jobs`,
      memory,
      token: freshToken,
      renew: refresh,
      expiresAt: () => {
        const session = getSession();
        return session.status === "signed-in" ? session.expiresAt : 0;
      },
      onEvents: (events) => {
        applyJobEvents(queryClient, events);
        toasts.tell(events);
      },
      onNotices: (notices, first) => {
        refetchSoon(queryClient, inboxKeys.unread);
        const open = (path: string) => router.history.push(router.options.basepath + path);
        if (!first) return;
        // Loaded for the first one: most never ask for it. After a new release it may be gone until a reload.
        import("@/notifications/browserNotices")
          .then(({ tellBrowser }) => tellBrowser(userId, notices, open))
          .catch(() => undefined);
      },
      onReset: () => readMissed(queryClient),
      onState: status.set,
    });
    line = shared;
    const keep = () => memory.flush();
    const wake = () => document.visibilityState === "visible" && shared.wake();
    document.addEventListener("visibilitychange", wake);
    window.addEventListener("online", wake);
    window.addEventListener("pagehide", keep);
    const endSight = followSight();
    shared.start();
    return () => {
      endSight();
      line = null;
      shared.stop();
      status.stop();
      toasts.stop();
      document.removeEventListener("visibilitychange", wake);
      window.removeEventListener("online", wake);
      window.removeEventListener("pagehide", keep);
      memory.flush();
    };
  }, [queryClient, router, userId]);
}

/** Turns the line's state into what the page says of it, and polls while it is away for longer than a blink. */
function followStatus(onBack: () => void, startPolling: () => () => void) {
  let awaySince: number | null = null;
  let stopPolling: (() => void) | null = null;
  let nextTryAt = Date.now();
  let patience: ReturnType<typeof setTimeout> | null = null;

  const backUp = () => {
    if (patience !== null) clearTimeout(patience);
    patience = null;
    stopPolling?.();
    stopPolling = null;
    awaySince = null;
  };
  const away = () => {
    awaySince ??= Date.now();
    if (stopPolling) setLiveStatus({ status: "polling", since: awaySince, nextTryAt });
    patience ??= setTimeout(() => {
      stopPolling = startPolling();
      setLiveStatus({ status: "polling", since: awaySince ?? Date.now(), nextTryAt });
    }, PATIENCE_MS);
  };
  setLiveStatus({ status: "connecting" });
  return {
    set: (state: LineState) => {
      if (state.state === "connected") {
        // Outcomes are replayed by cursor, but a start or a progress may have been left out while the line was cut.
        if (awaySince !== null) onBack();
        backUp();
        setLiveStatus({ status: "connected", since: Date.now() });
        return;
      }
      if (state.state === "away") nextTryAt = state.nextTryAt;
      if (getLiveStatus().status === "connected") setLiveStatus({ status: "connecting" });
      away();
    },
    stop: backUp,
  };
}

import { useQuery } from "@tanstack/react-query";
import { useLocation } from "@tanstack/react-router";
import { useEffect, useSyncExternalStore } from "react";
import { unreadInbox, useMarkRead } from "@/api/notifications";

const JOB = /\/jobs\/([0-9a-f-]{36})$/;

/** Who looks at a job's page knows how it ended: that is read, then, wherever the way there was from. */
export function useReadOnVisit(): void {
  const { data } = useQuery(unreadInbox());
  const jobId = useLocation({ select: ({ pathname }) => JOB.exec(pathname)?.[1] });
  const isLookedAt = useSyncExternalStore(onVisibility, () => document.visibilityState === "visible");
  const { mutate } = useMarkRead();
  const ids = (data?.items ?? []).filter((notice) => notice.job_id === jobId).map(({ id }) => id);
  // A text, so that a refusal, which brings the same ids back, is no reason to ask again.
  const wanted = isLookedAt ? ids.join() : "";
  useEffect(() => {
    if (wanted !== "") mutate({ ids: wanted.split(",") });
  }, [wanted, mutate]);
}

function onVisibility(listener: () => void): () => void {
  document.addEventListener("visibilitychange", listener);
  return () => document.removeEventListener("visibilitychange", listener);
}

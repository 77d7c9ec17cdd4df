import { hashKey, type QueryClient } from "@tanstack/react-query";
import { jobKeys } from "@/api/jobs";
import { inboxKeys } from "@/api/notifications";

export const POLL_EVERY_MS = 3_000;
/** A list that was scrolled far is many requests to read anew: it comes back when the socket does. */
const PAGES_TO_POLL = 2;

/** Asks for what is on screen every three seconds while the socket is away. Returns what stops it. */
export function poll(queryClient: QueryClient): () => void {
  const timer = setInterval(() => {
    if (document.visibilityState !== "visible") return;
    void readShown(queryClient);
    readBell(queryClient);
  }, POLL_EVERY_MS);
  return () => clearInterval(timer);
}

/** Reads anew whatever a screen is showing of jobs. */
export function readShown(queryClient: QueryClient): Promise<void> {
  return queryClient.invalidateQueries({
    queryKey: jobKeys.all,
    refetchType: "active",
    predicate: ({ state }) => pagesOf(state.data) <= PAGES_TO_POLL,
  });
}

/**
 * After more was missed than is told: reads all that is on screen anew. Of a list that was scrolled far the table reads
 * what is looked at (jobs/table/useReadMissed.ts): ten thousand rows were two hundred requests.
 */
export function readMissed(queryClient: QueryClient): void {
  queryClient.setQueryData<number>(jobKeys.missedAt, performance.now());
  void queryClient.invalidateQueries({
    predicate: ({ queryKey, state }) =>
      hashKey(queryKey.slice(0, 2)) !== hashKey(jobKeys.lists) || pagesOf(state.data) <= PAGES_TO_POLL,
  });
}

/** How much is unread: not told again by a line that was cut. */
export function readBell(queryClient: QueryClient): void {
  void queryClient.invalidateQueries({ queryKey: inboxKeys.unread, refetchType: "active" });
}

function pagesOf(data: unknown): number {
  const pages = (data as { pages?: unknown[] } | undefined)?.pages;
  return Array.isArray(pages) ? pages.length : 1;
}

import { hashKey, type QueryClient } from "@tanstack/react-query";
import { jobKeys } from "@/api/jobs";
import { inboxKeys } from "@/api/notifications";

export const POLL_EVERY_MS = 3_000;
/**
 * A list that was scrolled further is many requests to read anew, ten thousand rows were two hundred: of it the table reads
 * what is looked at (jobs/table/missedRows.ts), once the socket is back.
 */
export const PAGES_TO_READ_ANEW = 2;

/** Asks for what is on screen every three seconds while the socket is away. Returns what stops it. */
export function poll(queryClient: QueryClient): () => void {
  const timer = setInterval(() => {
    if (document.visibilityState !== "visible") return;
    void readShown(queryClient);
    readBell(queryClient);
  }, POLL_EVERY_MS);
  return () => clearInterval(timer);
}

/** Reads anew whatever a screen is showing of jobs, without long lists: see `noteMissed`. */
export function readShown(queryClient: QueryClient): Promise<void> {
  return queryClient.invalidateQueries({
    queryKey: jobKeys.all,
    refetchType: "active",
    predicate: ({ state }) => pagesOf(state.data) <= PAGES_TO_READ_ANEW,
  });
}

/** Rows may be old: a long list reads anew what is looked at of it. */
export function noteMissed(queryClient: QueryClient): void {
  queryClient.setQueryData<number>(jobKeys.missedAt, performance.now());
}

/** After a cut: outcomes are told again from where it was, but not what was submitted, started or came on meanwhile. */
export function catchUp(queryClient: QueryClient): void {
  noteMissed(queryClient);
  void readShown(queryClient);
  readBell(queryClient);
}

/** After more was missed than is told: reads all that is on screen anew. */
export function readMissed(queryClient: QueryClient): void {
  noteMissed(queryClient);
  void queryClient.invalidateQueries({
    predicate: ({ queryKey, state }) =>
      hashKey(queryKey.slice(0, 2)) !== hashKey(jobKeys.lists) || pagesOf(state.data) <= PAGES_TO_READ_ANEW,
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

import type { Notice } from "@/api/notifications";
import { useKeys } from "@/shell/useKeys";

/** j and k go from entry to entry, m marks the one in focus as read, . shows what is new. Enter is the link's own. */
export function useNoticeKeys(
  onRead: (ids: string[]) => void,
  notices: readonly Notice[] | undefined,
  onFresh: () => void,
): void {
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ".": onFresh,
    m: () => {
      const id = links()[focused()]?.dataset.notice;
      const unread = notices?.find((notice) => notice.id === id && !notice.read);
      if (unread) onRead([unread.id]);
    },
  });
}

function links(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("a[data-notice]")];
}

/** The entry that the focus is in, -1 when it is elsewhere. */
function focused(): number {
  const entry = document.activeElement?.closest("[data-entry]");
  return links().findIndex((link) => link.closest("[data-entry]") === entry && entry !== null);
}

function move(by: number): void {
  const all = links();
  const next = Math.min(all.length - 1, Math.max(0, focused() + by));
  all[next]?.focus();
}

import { useSyncExternalStore } from "react";

/** Below 768 px: no sidebar, tables are cards. */
export const PHONE = "(max-width: 767px)";

/** Whether a media query holds now. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const list = matchMedia(query);
      list.addEventListener("change", changed);
      return () => list.removeEventListener("change", changed);
    },
    () => matchMedia(query).matches,
  );
}

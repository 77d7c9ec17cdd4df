import { useEffect } from "react";

/** The tab's title, as 'Jobs · Jobyard'. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Jobyard`;
  }, [title]);
}

import { useState } from "react";

const KEY = "jobyard.density";

/** How tall rows are, remembered in this browser. */
export function useCompact(): [boolean, (compact: boolean) => void] {
  const [compact, setCompact] = useState(() => {
    try {
      return localStorage.getItem(KEY) === "compact";
    } catch {
      return false;
    }
  });
  const choose = (next: boolean) => {
    setCompact(next);
    try {
      localStorage.setItem(KEY, next ? "compact" : "comfortable");
    } catch {
      // Forbidden storage: it holds until the reload.
    }
  };
  return [compact, choose];
}

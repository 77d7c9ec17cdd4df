import { useCallback, useEffect, useRef } from "react";

/** Whether the component is still there, for what comes later: an answer that no place waits for is told otherwise. */
export function useIsShown(): () => boolean {
  const isShown = useRef(false);
  useEffect(() => {
    isShown.current = true;
    return () => {
      isShown.current = false;
    };
  }, []);
  return useCallback(() => isShown.current, []);
}

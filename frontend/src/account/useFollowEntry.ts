import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { getSession, onSessionChange } from "@/api/session";

/** At the door: when somebody signs in in another tab, this one goes in too. */
export function useFollowEntry(): void {
  const router = useRouter();
  useEffect(() => {
    const here = router.history.location.pathname;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = onSessionChange(() => {
      clearTimeout(timer);
      // A moment later: this tab's own form leads on by itself.
      timer = setTimeout(() => {
        const isStillHere = router.history.location.pathname === here;
        if (isStillHere && getSession().status === "signed-in") void router.invalidate();
      });
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [router]);
}

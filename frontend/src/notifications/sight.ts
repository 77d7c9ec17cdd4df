// Whether somebody looks at the page in some tab: the tab that speaks for all of them asks before it speaks.
export const SEEN_LOCK = "jobyard:seen";

/** Holds a lock while this tab is looked at, for `isSeen` in the tab that speaks for all. Returns what ends it. */
export function followSight(): () => void {
  if (!navigator.locks) return () => {};
  let release = () => {};
  const follow = () => {
    release();
    if (document.visibilityState !== "visible") return;
    // Released before it was had, it is given back as soon as it is.
    const hold = new Promise<void>((resolve) => {
      release = resolve;
    });
    void navigator.locks.request(SEEN_LOCK, { mode: "shared" }, () => hold);
  };
  follow();
  document.addEventListener("visibilitychange", follow);
  return () => {
    document.removeEventListener("visibilitychange", follow);
    release();
  };
}

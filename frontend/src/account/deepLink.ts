// Where somebody wanted to go before they had to sign in. It travels in the URL of the sign-in page, so that it lives
// through a reload and a detour by sign-up.

/**
 * Only a path of this page is followed: a link from elsewhere must not send people away after they signed in. Browsers
 * read a backslash as a slash, and pass over tabs and line breaks: `/<tab>/evil.example` is `//evil.example` to them.
 */
export function safeTarget(to: unknown): string | undefined {
  if (typeof to !== "string" || !to.startsWith("/") || to.startsWith("//") || /[\\\p{Cc}]/u.test(to))
    return undefined;
  return to === "/" ? undefined : to;
}

/** What the target is in words: 'job …a41f7c', or null when it has no name of its own. */
export function targetName(to: string | undefined): { text: string; code?: string } | null {
  const path = to?.split(/[?#]/)[0] ?? "";
  const job = /^\/jobs\/([0-9a-f-]{36})$/.exec(path);
  if (job?.[1]) return { text: "job ", code: `…${job[1].slice(-6)}` };
  if (path === "/jobs/new") return { text: "the form for a new job" };
  if (path === "/jobs") return { text: "your jobs" };
  return null;
}

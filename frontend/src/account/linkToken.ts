// The token of a link in a mail or an invitation: it stands behind the `#`, so that no server and no log sees it. It is
// taken out of the address at once, so that it is in no history and no screenshot; the tab's own history entry keeps it
// through a reload.
import { redirect, useLocation } from "@tanstack/react-router";

declare module "@tanstack/react-router" {
  interface HistoryState {
    linkToken?: string;
  }
}

interface Place {
  hash: string;
}

/** For `beforeLoad`: the same page without the token in its address. */
export function takeToken(location: Place, name: "token" | "invitation", to: LinkPage): void {
  const token = new URLSearchParams(location.hash.replace(/^#/, "")).get(name);
  if (token) throw redirect({ to, replace: true, state: { linkToken: token } });
}

export type LinkPage = "/reset-password" | "/verify-email" | "/sign-up";

export function useLinkToken(): string | undefined {
  return useLocation({ select: ({ state }) => state.linkToken });
}

import { createFileRoute, redirect } from "@tanstack/react-router";
import { safeTarget } from "@/account/deepLink";
import { getSession, refresh } from "@/api/session";
import { signUpRules } from "@/api/signUpRules";
import { Opening } from "@/shell/Opening";
import { PageError } from "@/shell/PageError";
import { Shell } from "@/shell/Shell";

/** Everything behind the sign-in. A deep link is remembered on the way to it. */
export const Route = createFileRoute("/_yard")({
  beforeLoad: async ({ location, context: { queryClient } }) => {
    if (getSession().status === "unknown") {
      // Beside the token, and not after it: who has not confirmed an address may have to do that first.
      void queryClient.prefetchQuery(signUpRules());
      await refresh();
    }
    if (getSession().status === "signed-in") return;
    const to = safeTarget(location.href);
    throw redirect({ to: "/sign-in", search: to ? { to } : {}, replace: true });
  },
  component: Shell,
  pendingComponent: Opening,
  pendingMs: 200,
  pendingMinMs: 0,
  errorComponent: PageError,
});

import { createFileRoute, redirect } from "@tanstack/react-router";
import { safeTarget } from "@/account/deepLink";
import { getSession, refresh } from "@/api/session";
import { Opening } from "@/shell/Opening";
import { PageError } from "@/shell/PageError";
import { Shell } from "@/shell/Shell";

/** Everything behind the sign-in. A deep link is remembered on the way to it. */
export const Route = createFileRoute("/_yard")({
  beforeLoad: async ({ location }) => {
    if (getSession().status === "unknown") await refresh();
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

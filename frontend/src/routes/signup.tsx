import { createFileRoute, redirect } from "@tanstack/react-router";

/** As invitations spell it. */
export const Route = createFileRoute("/signup")({
  beforeLoad: ({ location }) => {
    throw redirect({ to: "/sign-up", hash: location.hash, replace: true });
  },
});

import { createFileRoute } from "@tanstack/react-router";
import { Notifications } from "@/notifications/Notifications";

interface InboxSearch {
  /** Those that are unread alone. */
  unread?: true;
}

export const Route = createFileRoute("/_yard/notifications")({
  validateSearch: (search): InboxSearch => inboxSearch(search),
  component: Screen,
});

function inboxSearch({ unread }: Record<string, unknown>): InboxSearch {
  return unread === "true" || unread === true ? { unread: true } : {};
}

function Screen() {
  // The router lays what was validated over what the URL said: what was left out is still there.
  const { unread = false } = inboxSearch({ ...Route.useSearch() });
  return <Notifications unread={unread} />;
}

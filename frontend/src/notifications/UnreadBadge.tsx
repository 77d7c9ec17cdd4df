import { useQuery } from "@tanstack/react-query";
import { unreadInbox } from "@/api/notifications";
import { Badge } from "@/ui/Pill";

/** How many are unread; nothing when none is. */
export function UnreadBadge() {
  const { data } = useQuery(unreadInbox());
  const unread = data?.unread ?? 0;
  if (unread === 0) return null;
  return <Badge label={`${unread} unread`}>{unread > 99 ? "99+" : unread}</Badge>;
}

import { createFileRoute } from "@tanstack/react-router";
import { AdminOnly } from "@/admin/AdminOnly";
import { UsersScreen } from "@/admin/UsersScreen";

const TEXT_LIMIT = 254;

interface UsersSearch {
  q?: string;
}

export const Route = createFileRoute("/_yard/admin/users")({
  validateSearch: (search): UsersSearch => usersSearch(search),
  component: Users,
});

function usersSearch({ q }: Record<string, unknown>): UsersSearch {
  const text = typeof q === "string" ? q.trim().slice(0, TEXT_LIMIT) : "";
  return text ? { q: text } : {};
}

function Users() {
  // The router lays what was validated over what the URL said: what was left out is still there.
  const { q = "" } = usersSearch({ ...Route.useSearch() });
  return (
    <AdminOnly title="Users">
      <UsersScreen q={q} />
    </AdminOnly>
  );
}

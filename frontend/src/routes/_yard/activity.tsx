import { createFileRoute } from "@tanstack/react-router";
import { AuditScreen } from "@/audit/AuditScreen";
import { type AuditSearch, auditSearch } from "@/audit/search";

export const Route = createFileRoute("/_yard/activity")({
  validateSearch: (search): AuditSearch => auditSearch(search),
  component: Activity,
});

function Activity() {
  const navigate = Route.useNavigate();
  // The router lays what was validated over what the URL said: what was left out is still there.
  const search = auditSearch({ ...Route.useSearch() });
  return (
    <AuditScreen
      title="Account activity"
      note="What you did, and what was done to your account"
      everyone={false}
      search={search}
      onSearch={(next) => void navigate({ search: auditSearch({ ...next }), replace: true })}
    />
  );
}

import { createFileRoute } from "@tanstack/react-router";
import { AdminOnly } from "@/admin/AdminOnly";
import { AuditScreen } from "@/audit/AuditScreen";
import { type AuditSearch, auditSearch } from "@/audit/search";

export const Route = createFileRoute("/_yard/admin/audit")({
  validateSearch: (search): AuditSearch => auditSearch(search),
  component: Audit,
});

function Audit() {
  const navigate = Route.useNavigate();
  // The router lays what was validated over what the URL said: what was left out is still there.
  const search = auditSearch({ ...Route.useSearch() });
  return (
    <AdminOnly title="Audit log">
      <AuditScreen
        title="Audit log"
        note="What everybody did, but for the contents of jobs"
        everyone
        search={search}
        onSearch={(next) => void navigate({ search: auditSearch({ ...next }), replace: true })}
      />
    </AdminOnly>
  );
}

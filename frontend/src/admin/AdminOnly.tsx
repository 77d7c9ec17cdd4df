import type { ReactNode } from "react";
import { useIsAdmin } from "@/api/useUser";
import { usePageTitle } from "@/shell/usePageTitle";
import { ButtonLink } from "@/ui/Button";
import { Empty } from "@/ui/Empty";
import { Head } from "@/ui/Panel";

/** What administrators alone have. The server refuses everybody else anyhow: this only says it in a friendly way. */
export function AdminOnly({ title, children }: { title: string; children: ReactNode }) {
  const isAdmin = useIsAdmin();
  usePageTitle(title);
  if (isAdmin) return children;
  return (
    <>
      <Head title={title} />
      <Empty
        art="cut"
        title="This track is for administrators"
        actions={<ButtonLink to="/">Go to the overview</ButtonLink>}
        foot="Whoever runs this server makes one with: ./just admin EMAIL"
      >
        Your account is not one. Once an administrator has made it one, load the page anew.
      </Empty>
    </>
  );
}

import { useQuery } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense } from "react";
import { signUpRules } from "@/api/signUpRules";
import type { User } from "@/api/types";
import { Opening } from "./Opening";

const ConfirmFirst = lazy(() => import("@/account/ConfirmFirst"));

/** Where sign-up is for one domain and mail is sent, the server lets nobody do anything before the address is confirmed. */
export function VerifiedFirst({ user, children }: { user: User; children: ReactNode }) {
  const isFree = user.email_verified || user.role === "admin";
  const rules = useQuery({ ...signUpRules(), enabled: !isFree });
  if (isFree) return children;
  if (rules.isPending) return <Opening />;
  if (rules.data?.mode !== "domain" || !rules.data.mail) return children;
  return (
    <Suspense fallback={<Opening />}>
      <ConfirmFirst user={user} />
    </Suspense>
  );
}

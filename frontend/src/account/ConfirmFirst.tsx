import { useEffect } from "react";
import { readMe } from "@/api/account";
import type { User } from "@/api/types";
import { VerifyAgain } from "@/settings/VerifyAgain";
import { usePageTitle } from "@/shell/usePageTitle";
import { Button } from "@/ui/Button";
import { AuthPage } from "./AuthPage";
import { useSignOut } from "./useSignOut";

const LOOK_EVERY_MS = 5_000;

/** For who may do nothing before the address is confirmed: what to do, and a way out. */
export default function ConfirmFirst({ user }: { user: User }) {
  usePageTitle("Confirm your address");
  const signOut = useSignOut();
  useEffect(() => {
    // The link is opened elsewhere, in another window or on a phone: this one goes on by itself.
    const look = () => {
      if (document.visibilityState === "visible") readMe().catch(() => undefined);
    };
    const timer = setInterval(look, LOOK_EVERY_MS);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, []);
  return (
    <AuthPage
      title="Confirm your address"
      lead={
        <>
          A link was sent to <b className="font-strong wrap-anywhere text-fg">{user.email}</b>. Open it, and
          this page goes on by itself.
        </>
      }
    >
      <div className="flex flex-col items-stretch gap-3">
        <VerifyAgain wide />
        <Button look="ghost" onClick={() => void signOut()}>
          Not your address? Sign out
        </Button>
      </div>
    </AuthPage>
  );
}

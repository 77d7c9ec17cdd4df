import { useQuery } from "@tanstack/react-query";
import { Mail } from "lucide-react";
import { ApiError } from "@/api/ApiError";
import { readMe, useVerifyAgain } from "@/api/account";
import { signUpRules } from "@/api/signUpRules";
import { Button } from "@/ui/Button";
import { fieldErrors } from "./fieldError";

/** Another link to confirm one's address, where this server sends mail. */
export function VerifyAgain({ wide = false }: { wide?: boolean }) {
  const rules = useQuery(signUpRules());
  const asking = useVerifyAgain();
  if (rules.data?.mail === false) {
    return (
      <span className="text-12 text-fg-3">This server sends no mail, so it can't be confirmed now.</span>
    );
  }
  if (asking.isSuccess) {
    return (
      <span role="status" className="text-12 text-fg-2">
        The link is on its way. Open it in any browser.
      </span>
    );
  }
  const send = () =>
    asking.mutate(undefined, {
      // 409: it was confirmed meanwhile, in another window.
      onError: (error) => error instanceof ApiError && error.status === 409 && void readMe(),
    });
  const said = fieldErrors(asking.error, ["/"])["/"];
  return (
    <>
      <Button
        icon={<Mail aria-hidden="true" />}
        busy={asking.isPending}
        onClick={send}
        {...(wide ? { size: "lg", className: "w-full md:h-10!" } : {})}
      >
        Send the link again
      </Button>
      {said && (
        <span role="alert" className="text-12 text-failed">
          {said}
        </span>
      )}
    </>
  );
}

import { useMutation } from "@tanstack/react-query";
import { CircleAlert, CircleCheck } from "lucide-react";
import { ApiError } from "@/api/ApiError";
import { answer, api } from "@/api/client";
import { explain } from "@/api/explain";
import { usePageTitle } from "@/shell/usePageTitle";
import { Button, ButtonLink } from "@/ui/Button";
import { AuthPage } from "./AuthPage";
import { useLinkToken } from "./linkToken";

/**
 * Where the link of a mail leads: confirm one's address. By a button, since some mail servers open every link that they
 * pass on, and would confirm an address for whoever signed up with it.
 */
export function VerifyEmail() {
  usePageTitle("Confirm your address");
  const token = useLinkToken();
  // Another link, opened in this tab, begins anew.
  return <Confirm key={token} token={token} />;
}

function Confirm({ token }: { token: string | undefined }) {
  const verifying = useMutation({
    mutationFn: (token: string) => answer(api.POST("/email/verify", { body: { token } })),
  });
  if (verifying.isSuccess) {
    return (
      <AuthPage title="Your address is confirmed">
        <p role="status" className="flex gap-2.5 text-14 text-fg-2">
          <CircleCheck
            className="mt-px size-5 shrink-0 text-completed"
            strokeWidth={1.75}
            aria-hidden="true"
          />
          Thank you. Other windows of this page go on by themselves.
        </p>
        <ButtonLink to="/" look="go" size="lg" className="w-full md:h-10!">
          Go to the overview
        </ButtonLink>
      </AuthPage>
    );
  }
  const error = verifying.error;
  if (!token || (error instanceof ApiError && error.messageFor("/token"))) {
    return (
      <AuthPage
        title="This link is not good"
        lead="It was used, has run out, or is not whole. Your settings tell whether your address is confirmed, and send another link."
      >
        <ButtonLink to="/settings" look="go" size="lg" className="w-full md:h-10!">
          Open the settings
        </ButtonLink>
      </AuthPage>
    );
  }
  return (
    <AuthPage title="Confirm your address" lead="One click, and this server knows that its mail reaches you.">
      {error && (
        <p role="alert" className="flex gap-1.5 text-12 text-failed">
          <CircleAlert className="mt-px size-3.5 shrink-0" aria-hidden="true" />
          {explain(error)}
        </p>
      )}
      <Button
        look="go"
        size="lg"
        busy={verifying.isPending}
        onClick={() => verifying.mutate(token)}
        className="w-full md:h-10!"
      >
        Confirm address
      </Button>
    </AuthPage>
  );
}

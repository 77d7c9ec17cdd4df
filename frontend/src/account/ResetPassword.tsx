import { useMutation } from "@tanstack/react-query";
import { CircleCheck } from "lucide-react";
import type { FormEvent } from "react";
import { ApiError } from "@/api/ApiError";
import { answer, api } from "@/api/client";
import { explain } from "@/api/explain";
import { leave } from "@/api/session";
import { usePageTitle } from "@/shell/usePageTitle";
import { Button, ButtonLink } from "@/ui/Button";
import { AuthPage } from "./AuthPage";
import { useLinkToken } from "./linkToken";
import { NewPasswordField } from "./NewPasswordField";

/** Where the link of a mail leads: choose a new password. */
export function ResetPassword() {
  usePageTitle("New password");
  const token = useLinkToken();
  // Another link, opened in this tab, begins anew.
  return <Choose key={token} token={token} />;
}

function Choose({ token }: { token: string | undefined }) {
  const resetting = useMutation({
    mutationFn: (body: { token: string; new_password: string }) =>
      answer(api.POST("/password/reset", { body })),
    // All sessions have ended, also one in this browser.
    onSuccess: leave,
  });
  if (resetting.isSuccess) return <Done />;
  const error = resetting.error instanceof ApiError ? resetting.error : null;
  if (!token || error?.messageFor("/token")) return <BadLink />;

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const password = String(new FormData(event.currentTarget).get("password"));
    resetting.mutate({ token, new_password: password });
  };
  return (
    <AuthPage title="Choose a new password" lead="You are signed out everywhere when it is set.">
      <form onSubmit={submit} className="flex flex-col gap-4">
        <NewPasswordField
          label="New password"
          name="password"
          email=""
          error={resetting.error && (error?.messageFor("/new_password") ?? explain(resetting.error))}
          className="md:h-10!"
        />
        <Button type="submit" look="go" size="lg" busy={resetting.isPending} className="w-full md:h-10!">
          Set password
        </Button>
      </form>
    </AuthPage>
  );
}

function Done() {
  return (
    <AuthPage title="Your new password is set">
      <p role="status" className="flex gap-2.5 text-14 text-fg-2">
        <CircleCheck className="mt-px size-5 shrink-0 text-completed" strokeWidth={1.75} aria-hidden="true" />
        Every session of yours has ended. Sign in with the new password.
      </p>
      <ButtonLink to="/sign-in" look="go" size="lg" className="w-full md:h-10!">
        Sign in
      </ButtonLink>
    </AuthPage>
  );
}

function BadLink() {
  return (
    <AuthPage
      title="This link is not good"
      lead="It was used, has run out, or is not whole. A new one takes a minute."
    >
      <ButtonLink to="/forgot-password" look="go" size="lg" className="w-full md:h-10!">
        Ask for another link
      </ButtonLink>
      <ButtonLink to="/sign-in" size="lg" className="w-full md:h-10!">
        Sign in
      </ButtonLink>
    </AuthPage>
  );
}

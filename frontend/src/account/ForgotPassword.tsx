import { useMutation, useQuery } from "@tanstack/react-query";
import { MailCheck } from "lucide-react";
import type { FormEvent } from "react";
import { ApiError } from "@/api/ApiError";
import { answer, api } from "@/api/client";
import { explain } from "@/api/explain";
import { signUpRules } from "@/api/signUpRules";
import { usePageTitle } from "@/shell/usePageTitle";
import { Button, ButtonLink } from "@/ui/Button";
import { Field, Input } from "@/ui/Field";
import { AuthPage } from "./AuthPage";
import { tooOften } from "./SignInForm";
import { rememberEmail, typedEmail } from "./typedEmail";

/** Ask for a link to a new password. Whether there is such an account the answer does not tell, and so neither do we. */
export function ForgotPassword({ to }: { to: string | undefined }) {
  usePageTitle("Forgotten password");
  const rules = useQuery(signUpRules());
  const asking = useMutation({
    mutationFn: (email: string) => answer(api.POST("/password/forgot", { body: { email }, parseAs: "text" })),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const email = String(new FormData(event.currentTarget).get("email")).trim();
    rememberEmail(email);
    asking.mutate(email);
  };
  const back = (
    <ButtonLink to="/sign-in" search={to ? { to } : {}} size="lg" className="w-full md:h-10!">
      Back to sign in
    </ButtonLink>
  );

  if (rules.data?.mail === false) {
    return (
      <AuthPage
        title="Forgotten password"
        lead="This server sends no mail, so it can send you no link. Ask who runs it for a new password."
      >
        {back}
      </AuthPage>
    );
  }
  if (asking.isSuccess) {
    return (
      <AuthPage title="Look into your mail">
        <p role="status" className="flex gap-2.5 text-14 text-fg-2">
          <MailCheck className="mt-px size-5 shrink-0 text-completed" strokeWidth={1.75} aria-hidden="true" />
          <span>
            If there is an account for <b className="font-strong wrap-anywhere text-fg">{asking.variables}</b>
            , a link for a new password is on its way. It is good once, and not for long.
          </span>
        </p>
        {back}
      </AuthPage>
    );
  }
  return (
    <AuthPage title="Forgotten password" lead="We send a link for a new one to your address.">
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="Email" error={asking.error && whyNot(asking.error)}>
          {(control) => (
            <Input
              {...control}
              name="email"
              type="email"
              autoComplete="username"
              required
              autoFocus
              defaultValue={typedEmail()}
              className="md:h-10!"
            />
          )}
        </Field>
        <Button type="submit" look="go" size="lg" busy={asking.isPending} className="w-full md:h-10!">
          Send the link
        </Button>
        {back}
      </form>
    </AuthPage>
  );
}

function whyNot(error: Error): string {
  return error instanceof ApiError && error.status === 429 ? tooOften(error) : explain(error);
}

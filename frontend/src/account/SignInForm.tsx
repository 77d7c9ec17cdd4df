import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useRef } from "react";
import { ApiError } from "@/api/ApiError";
import { answer, api } from "@/api/client";
import { explain } from "@/api/explain";
import { signUpRules } from "@/api/signUpRules";
import type { Credentials } from "@/api/types";
import { Button } from "@/ui/Button";
import { Field, Input } from "@/ui/Field";
import { NBSP } from "@/ui/time";
import { PasswordInput } from "./PasswordInput";
import { rememberEmail, typedEmail } from "./typedEmail";
import { useEntry } from "./useEntry";

const signIn = (body: Credentials) => answer(api.POST("/login", { body }));

export function SignInForm({ to }: { to: string | undefined }) {
  const entry = useEntry(signIn, to);
  const rules = useQuery(signUpRules());
  const email = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  const said = messages(entry.error);
  const search = to ? { to } : {};
  const mode = rules.data?.mode;

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    // Read from the form itself: password managers fill fields without telling React.
    const form = new FormData(event.currentTarget);
    entry.mutate(
      { email: String(form.get("email")).trim(), password: String(form.get("password")) },
      { onError: () => password.current?.select() },
    );
  };
  const keepEmail = () => rememberEmail(email.current?.value.trim() ?? "");

  return (
    <form onSubmit={submit} className="flex flex-col gap-4" noValidate={false}>
      <Field label="Email" error={said.email}>
        {(control) => (
          <Input
            {...control}
            ref={email}
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
      <Field label="Password" error={said.password}>
        {(control) => (
          <PasswordInput
            {...control}
            ref={password}
            name="password"
            autoComplete="current-password"
            required
            className="md:h-10!"
          />
        )}
      </Field>
      <Button type="submit" look="go" size="lg" busy={entry.isPending} className="w-full md:h-10!">
        Sign in
      </Button>
      <p className="flex flex-wrap gap-x-4 gap-y-2 text-fg-2">
        {(mode === "open" || mode === "domain" || !mode) && (
          <span className="flex-1 whitespace-nowrap">
            New here?{" "}
            <Link to="/sign-up" search={search} onClick={keepEmail} className="link">
              Make an account
            </Link>
          </span>
        )}
        <Link to="/forgot-password" search={search} onClick={keepEmail} className="link">
          Forgot password?
        </Link>
      </p>
      {(mode === "invite" || mode === "closed") && (
        <p className="text-12 text-fg-3">
          {mode === "invite"
            ? "New here? You need an invitation: ask who runs this server."
            : "Sign-up is closed here: ask who runs this server for an account."}
        </p>
      )}
    </form>
  );
}

/** Beside which field each answer belongs. */
function messages(error: Error | null): { email?: string; password?: string } {
  if (error === null) return {};
  if (!(error instanceof ApiError)) return { password: explain(error) };
  if (error.status === 401) return { password: "That email and password do not match." };
  if (error.status === 429) return { password: tooOften(error) };
  const email = error.messageFor("/email");
  const password = error.messageFor("/password") ?? (email ? undefined : explain(error));
  return { ...(email ? { email } : {}), ...(password ? { password } : {}) };
}

export function tooOften(error: ApiError): string {
  const minutes = Math.ceil((error.retryAfterSeconds ?? 60) / 60);
  return `Too many tries. Try again in ${minutes}${NBSP}min.`;
}

import { Link } from "@tanstack/react-router";
import { type FormEvent, type ReactNode, useState } from "react";
import { ApiError } from "@/api/ApiError";
import { answer, api } from "@/api/client";
import { explain } from "@/api/explain";
import type { SignUpRules } from "@/api/signUpRules";
import type { SignUp } from "@/api/types";
import { Button } from "@/ui/Button";
import { Field, Input } from "@/ui/Field";
import { NewPasswordField } from "./NewPasswordField";
import { tooOften } from "./SignInForm";
import { rememberEmail, typedEmail } from "./typedEmail";
import { useEntry } from "./useEntry";

const signUp = (body: SignUp) => answer(api.POST("/signup", { body }));

export function SignUpForm({
  to,
  invitation,
  domain,
}: {
  to: string | undefined;
  invitation?: string | undefined;
  /** The one whose addresses alone may sign up, where there is such a rule. */
  domain?: SignUpRules["domain"];
}) {
  const entry = useEntry(signUp, to);
  const [email, setEmail] = useState(typedEmail);
  const signInLink = (words: string) => (
    <Link
      to="/sign-in"
      search={to ? { to } : {}}
      onClick={() => rememberEmail(email.trim())}
      className="link"
    >
      {words}
    </Link>
  );
  const said = messages(entry.error, signInLink("Sign in instead"));

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const name = String(form.get("name")).trim();
    entry.mutate({
      email: String(form.get("email")).trim(),
      password: String(form.get("password")),
      ...(name ? { name } : {}),
      ...(invitation ? { invitation } : {}),
    });
  };

  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field label="Name" note="optional" error={said.name}>
        {(control) => (
          <Input {...control} name="name" autoComplete="name" maxLength={200} className="md:h-10!" />
        )}
      </Field>
      <Field
        label="Email"
        error={said.email}
        hint={invitation ? "The address that the invitation is for." : domain && `An address at ${domain}.`}
      >
        {(control) => (
          <Input
            {...control}
            name="email"
            type="email"
            autoComplete="username"
            required
            value={email}
            onChange={(event) => setEmail(event.target.value)}
            className="md:h-10!"
          />
        )}
      </Field>
      <NewPasswordField
        label="Password"
        name="password"
        email={email}
        error={said.password}
        className="md:h-10!"
      />
      <Button type="submit" look="go" size="lg" busy={entry.isPending} className="w-full md:h-10!">
        Make account
      </Button>
      <p className="text-fg-2">Have one? {signInLink("Sign in")}</p>
    </form>
  );
}

interface Messages {
  name?: ReactNode;
  email?: ReactNode;
  password?: ReactNode;
}

/** Beside which field each answer belongs; what fits none stands above the button. */
function messages(error: Error | null, signInLink: ReactNode): Messages {
  if (error === null) return {};
  if (!(error instanceof ApiError)) return { password: explain(error) };
  if (error.status === 409) return { email: <>This email has an account. {signInLink}</> };
  // Who may sign up goes by the address: the domain, or the one that was invited.
  if (error.status === 403) return { email: explain(error) };
  if (error.status === 429) return { password: tooOften(error) };
  const [name, email, password] = ["/name", "/email", "/password"].map((pointer) =>
    error.messageFor(pointer),
  );
  return name || email || password ? { name, email, password } : { password: explain(error) };
}

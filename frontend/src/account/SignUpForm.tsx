import { Link } from "@tanstack/react-router";
import { type FormEvent, type ReactNode, useState } from "react";
import { ApiError } from "@/api/ApiError";
import { answer, api } from "@/api/client";
import { explain } from "@/api/explain";
import type { SignUp } from "@/api/types";
import { Button } from "@/ui/Button";
import { Field, Input } from "@/ui/Field";
import { PasswordInput } from "./PasswordInput";
import { tooOften } from "./SignInForm";
import { StrengthBar } from "./StrengthBar";
import { passwordStrength } from "./strength";
import { useEntry } from "./useEntry";

const signUp = (body: SignUp) => answer(api.POST("/signup", { body }));

export function SignUpForm({ to }: { to: string | undefined }) {
  const entry = useEntry(signUp, to);
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const strength = passwordStrength(password, email);
  const said = messages(entry.error, to);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const name = String(form.get("name")).trim();
    entry.mutate({
      email: String(form.get("email")).trim(),
      password: String(form.get("password")),
      ...(name ? { name } : {}),
    });
  };

  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field label="Name" note="optional" error={said.name}>
        {(control) => (
          <Input {...control} name="name" autoComplete="name" maxLength={200} className="md:h-10!" />
        )}
      </Field>
      <Field label="Email" error={said.email}>
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
      <div className="flex flex-col gap-1.5">
        <Field label="Password" hint={strength.hint} error={said.password}>
          {(control) => (
            <>
              <PasswordInput
                {...control}
                name="password"
                autoComplete="new-password"
                minLength={10}
                required
                value={password}
                onChange={(event) => setPassword(event.target.value)}
                className="md:h-10!"
              />
              <StrengthBar score={strength.score} />
            </>
          )}
        </Field>
      </div>
      <Button type="submit" look="go" size="lg" busy={entry.isPending} className="w-full md:h-10!">
        Make account
      </Button>
      <p className="text-fg-2">
        Have one? <SignInLink to={to}>Sign in</SignInLink>
      </p>
    </form>
  );
}

function SignInLink({ to, children }: { to: string | undefined; children: ReactNode }) {
  return (
    <Link to="/sign-in" search={to ? { to } : {}} className="link">
      {children}
    </Link>
  );
}

interface Messages {
  name?: ReactNode;
  email?: ReactNode;
  password?: ReactNode;
}

/** Beside which field each answer belongs; what fits none stands above the button. */
function messages(error: Error | null, to: string | undefined): Messages {
  if (error === null) return {};
  if (!(error instanceof ApiError)) return { password: explain(error) };
  if (error.status === 409) {
    return {
      email: (
        <>
          This email has an account. <SignInLink to={to}>Sign in instead</SignInLink>
        </>
      ),
    };
  }
  if (error.status === 429) return { password: tooOften(error) };
  const [name, email, password] = ["/name", "/email", "/password"].map((pointer) =>
    error.messageFor(pointer),
  );
  return name || email || password ? { name, email, password } : { password: explain(error) };
}

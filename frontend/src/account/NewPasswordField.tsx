import { type ReactNode, useState } from "react";
import { Field } from "@/ui/Field";
import { PasswordInput } from "./PasswordInput";
import { StrengthBar } from "./StrengthBar";
import { passwordStrength } from "./strength";

/** A password to be chosen, with a word on how strong it is while one types. */
export function NewPasswordField({
  label,
  name,
  email,
  error,
  className,
}: {
  label: string;
  name: string;
  /** It must not be the password. */
  email: string;
  error?: ReactNode;
  className?: string;
}) {
  const [password, setPassword] = useState("");
  const strength = passwordStrength(password, email);
  return (
    <Field label={label} hint={strength.hint} error={error}>
      {(control) => (
        <>
          <PasswordInput
            {...control}
            name={name}
            autoComplete="new-password"
            minLength={10}
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            {...(className ? { className } : {})}
          />
          <StrengthBar score={strength.score} />
        </>
      )}
    </Field>
  );
}

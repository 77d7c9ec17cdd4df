import { Link } from "@tanstack/react-router";
import { CircleCheck } from "lucide-react";
import { type FormEvent, useState } from "react";
import { NewPasswordField } from "@/account/NewPasswordField";
import { PasswordInput } from "@/account/PasswordInput";
import { useChangePassword } from "@/api/account";
import { useUser } from "@/api/useUser";
import { tellFailed } from "@/jobs/notices";
import { usePageTitle } from "@/shell/usePageTitle";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { useIsShown } from "@/ui/useIsShown";
import { fieldErrors, wrongPassword } from "./fieldError";
import { SectionHead } from "./Settings";

export function Password() {
  usePageTitle("Password");
  const email = useUser()?.email ?? "";
  const changing = useChangePassword();
  const isShown = useIsShown();
  const [epoch, setEpoch] = useState(0);
  const said = fieldErrors(changing.error, ["/current_password", "/new_password"]);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const body = { current_password: String(form.get("current")), new_password: String(form.get("new")) };
    changing.mutateAsync(body).then(
      () => setEpoch((old) => old + 1),
      // It is said at its field, unless one has left.
      (error: Error) => isShown() || tellFailed("The password was not changed", error),
    );
  };
  return (
    <>
      <SectionHead title="Password">
        When it is changed, every other session of yours ends. API keys stay good.
      </SectionHead>
      {/* The key empties the form once the password is changed. */}
      <form key={epoch} onSubmit={submit} className="flex max-w-[440px] flex-col items-stretch gap-4">
        {/* For password managers: whose password this is. */}
        <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
        <Field
          label="Current password"
          error={said["/current_password"] && wrongPassword(said["/current_password"])}
        >
          {(control) => (
            <PasswordInput {...control} name="current" autoComplete="current-password" required />
          )}
        </Field>
        <NewPasswordField label="New password" name="new" email={email} error={said["/new_password"]} />
        <Button type="submit" busy={changing.isPending} className="h-11! self-start md:h-9!">
          Change password
        </Button>
        {changing.isSuccess && (
          <div role="status" className="grid grid-cols-[16px_minmax(0,1fr)] items-start gap-x-1.5 gap-y-1">
            <CircleCheck className="mt-0.5 size-4 text-completed" aria-hidden="true" />
            <p className="text-completed">Changed. Your other sessions have ended.</p>
            <p className="col-start-2 text-fg-2">
              API keys stay good: whoever has one still gets in. Revoke those that others may know under{" "}
              <Link to="/settings/api-keys" className="link">
                API keys
              </Link>
              .
            </p>
          </div>
        )}
      </form>
    </>
  );
}

import { CircleCheck, MailWarning } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useRename } from "@/api/account";
import type { User } from "@/api/types";
import { useUser } from "@/api/useUser";
import { tellFailed } from "@/jobs/notices";
import { usePageTitle } from "@/shell/usePageTitle";
import { Button } from "@/ui/Button";
import { Field, Input } from "@/ui/Field";
import { Tag } from "@/ui/Pill";
import { fullDate } from "@/ui/time";
import { useIsShown } from "@/ui/useIsShown";
import { fieldErrors } from "./fieldError";
import { SectionHead } from "./Settings";
import { VerifyAgain } from "./VerifyAgain";

export function Profile() {
  usePageTitle("Profile");
  const user = useUser();
  if (!user) return null;
  return (
    <>
      <SectionHead title="Profile">How others see who did what.</SectionHead>
      <NameForm key={user.name} user={user} />
      <dl className="grid max-w-[440px] grid-cols-[112px_minmax(0,1fr)] gap-x-4 gap-y-3 border-t pt-5">
        <dt className="text-fg-3">Email</dt>
        <dd className="flex flex-col gap-2">
          <span className="wrap-anywhere">{user.email}</span>
          <Verified user={user} />
        </dd>
        <dt className="text-fg-3">Role</dt>
        <dd>
          <Tag>{user.role === "admin" ? "Administrator" : "User"}</Tag>
        </dd>
        <dt className="text-fg-3">Here since</dt>
        <dd>{fullDate(Date.parse(user.created_at))}</dd>
      </dl>
    </>
  );
}

function NameForm({ user }: { user: User }) {
  const renaming = useRename();
  const isShown = useIsShown();
  const [name, setName] = useState(user.name);
  const isChanged = name.trim() !== user.name && name.trim() !== "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isChanged) return;
    renaming
      .mutateAsync(name.trim())
      // It is said at its field, unless one has left.
      .catch((error: Error) => isShown() || tellFailed("The name was not changed", error));
  };
  return (
    <form onSubmit={submit} className="flex max-w-[440px] flex-col items-start gap-3">
      <Field label="Name" error={fieldErrors(renaming.error, ["/name"])["/name"]} className="w-full">
        {(control) => (
          <Input
            {...control}
            name="name"
            autoComplete="name"
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <Button type="submit" busy={renaming.isPending} disabled={!isChanged} className="h-11! md:h-9!">
        Save name
      </Button>
    </form>
  );
}

function Verified({ user }: { user: User }) {
  if (user.email_verified) {
    return (
      <span className="flex items-center gap-1.5 text-12 text-completed">
        <CircleCheck className="size-3.5" aria-hidden="true" />
        Confirmed
      </span>
    );
  }
  return (
    <span className="flex flex-col items-start gap-2">
      <span className="flex items-center gap-1.5 text-12 text-retrying">
        <MailWarning className="size-3.5" aria-hidden="true" />
        Not confirmed
      </span>
      <VerifyAgain />
    </span>
  );
}

import { type FormEvent, useId, useState } from "react";
import { type MadeKey, type Scope, useMakeKey } from "@/api/account";
import { useIsAdmin } from "@/api/useUser";
import { Button } from "@/ui/Button";
import { Check } from "@/ui/Check";
import { Field, Input } from "@/ui/Field";
import { Seg } from "@/ui/Seg";
import { fullDate } from "@/ui/time";
import { fieldErrors } from "./fieldError";
import { SCOPES } from "./scopes";

const DAY_MS = 86_400_000;
const LIVES = [
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "1 year" },
  { value: "", label: "Never" },
] as const;
type Life = (typeof LIVES)[number]["value"];

export function NewKeyForm({ onMade, onCancel }: { onMade: (key: MadeKey) => void; onCancel: () => void }) {
  const making = useMakeKey();
  const isAdmin = useIsAdmin();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly Scope[]>(["jobs:read", "jobs:write"]);
  const [life, setLife] = useState<Life>("90");
  const [tried, setTried] = useState(false);
  const said = fieldErrors(making.error, ["/name", "/scopes", "/expires_at", ""]);
  const missing = {
    name: tried && name.trim() === "" ? "A name, so that you know it again." : undefined,
    scopes: tried && scopes.length === 0 ? "One at least." : undefined,
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (name.trim() === "" || scopes.length === 0) return;
    const expiresAt = life === "" ? null : new Date(Date.now() + Number(life) * DAY_MS).toISOString();
    making.mutate({ name: name.trim(), scopes: [...scopes], expires_at: expiresAt }, { onSuccess: onMade });
  };
  return (
    <form
      onSubmit={submit}
      noValidate
      aria-label="New key"
      className="flex flex-col gap-4 rounded-card border p-4"
    >
      <Field label="Name" error={missing.name ?? said["/name"]} className="max-w-[440px]">
        {(control) => (
          <Input
            {...control}
            name="key-name"
            autoComplete="off"
            autoFocus
            maxLength={200}
            placeholder="month-end report"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <PickScopes
        scopes={scopes}
        onChange={setScopes}
        isAdmin={isAdmin}
        error={missing.scopes ?? said["/scopes"]}
      />
      <div className="flex flex-col items-start gap-1.5">
        <span className="font-strong">Expires</span>
        <Seg label="Expires" size="lg" value={life} options={LIVES} onChange={setLife} />
        <span className="text-12 text-fg-3">
          {said["/expires_at"] ??
            (life === ""
              ? "It is good until you delete it."
              : `On ${fullDate(Date.now() + Number(life) * DAY_MS)}.`)}
        </span>
      </div>
      {said[""] && (
        <p role="alert" className="text-12 text-failed">
          {said[""]}
        </p>
      )}
      <div className="flex gap-2">
        <Button type="submit" look="go" busy={making.isPending} className="h-11! md:h-9!">
          Make key
        </Button>
        <Button look="ghost" onClick={onCancel} className="h-11! md:h-9!">
          Cancel
        </Button>
      </div>
    </form>
  );
}

function PickScopes({
  scopes,
  onChange,
  isAdmin,
  error,
}: {
  scopes: readonly Scope[];
  onChange: (scopes: readonly Scope[]) => void;
  isAdmin: boolean;
  error: string | undefined;
}) {
  const id = useId();
  const toggle = (scope: Scope, on: boolean) =>
    onChange(on ? [...scopes, scope] : scopes.filter((one) => one !== scope));
  return (
    <fieldset aria-describedby={error ? id : undefined} className="flex flex-col gap-2">
      <legend className="mb-1.5 font-strong">What it may do</legend>
      {SCOPES.filter(({ scope }) => scope !== "admin" || isAdmin).map(({ scope, about }) => (
        // biome-ignore lint/a11y/noLabelWithoutControl: Check is the control
        <label key={scope} className="flex items-start gap-2.5">
          <Check
            label={scope}
            checked={scopes.includes(scope)}
            onChange={(on) => toggle(scope, on)}
            className="mt-0.5"
          />
          <span>
            <span className="code-12">{scope}</span> <span className="text-fg-2">{about}</span>
          </span>
        </label>
      ))}
      {error && (
        <span id={id} role="alert" className="text-12 text-failed">
          {error}
        </span>
      )}
    </fieldset>
  );
}

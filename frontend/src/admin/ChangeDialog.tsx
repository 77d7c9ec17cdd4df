import { CircleAlert, UserRoundCheck } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { ApiError } from "@/api/ApiError";
import { type ManagedUser, type UserChange, useChangeUser } from "@/api/admin";
import { explain } from "@/api/explain";
import { tellFailed } from "@/jobs/notices";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Field, Input } from "@/ui/Field";
import { showToast } from "@/ui/Toasts";
import { asking, type Change, doneText } from "./changes";

export interface Asked {
  user: ManagedUser;
  change: Change;
  /** Another each time: what was typed and not saved is not there the next time. */
  nr: number;
}

const LEAST = 1;
const MOST = 100;

/** Says what will happen before it does, and stays with the server's answer when it says no. */
export function ChangeDialog({ asked, onClose }: { asked: Asked | null; onClose: () => void }) {
  // While it fades out it still shows what it was about.
  const [shown, setShown] = useState(asked);
  if (asked && asked !== shown) setShown(asked);
  const change = useChangeUser();
  const open = useRef<Asked | null>(null);
  useEffect(() => {
    open.current = asked;
    return () => {
      open.current = null;
    };
  }, [asked]);
  const close = () => {
    change.reset();
    onClose();
  };
  const send = (body: UserChange) => {
    if (!shown) return;
    change.mutateAsync({ user: shown.user, change: body }).then(
      (user) => {
        if (open.current === shown) close();
        showToast(`user-${user.id}`, {
          tone: "completed",
          icon: <UserRoundCheck strokeWidth={1.75} aria-hidden="true" />,
          title: doneText(shown.change, user),
          stays: false,
        });
      },
      // The dialog says it, unless it was closed.
      (error: Error) => {
        if (open.current !== shown) tellFailed(`${shown.user.email} stays as it was`, error);
      },
    );
  };
  if (!shown) return null;
  const props = {
    open: asked !== null,
    onClose: close,
    onSend: send,
    busy: change.isPending,
    error: change.error,
  };
  return shown.change === "weight" ? (
    <WeightDialog key={shown.nr} user={shown.user} {...props} />
  ) : (
    <SureDialog asked={asking(shown.change, shown.user)} {...props} />
  );
}

interface Shared {
  open: boolean;
  onClose: () => void;
  onSend: (body: UserChange) => void;
  busy: boolean;
  error: Error | null;
}

function SureDialog({
  asked,
  open,
  onClose,
  onSend,
  busy,
  error,
}: Shared & { asked: ReturnType<typeof asking> }) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={asked.title}
      actions={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button look={asked.isHard ? "danger" : "go"} busy={busy} onClick={() => onSend(asked.body)}>
            {asked.button}
          </Button>
        </>
      }
    >
      {asked.text.map((line) => (
        <p key={line} className="text-fg-2 not-first:mt-2">
          {line}
        </p>
      ))}
      {error && (
        <p role="alert" className="mt-3 flex items-start gap-1.5 text-failed">
          <CircleAlert className="mt-0.5 size-4 shrink-0" aria-hidden="true" />
          {explain(error)}
        </p>
      )}
    </Dialog>
  );
}

function WeightDialog({ user, open, onClose, onSend, busy, error }: Shared & { user: ManagedUser }) {
  const [typed, setTyped] = useState(String(user.weight));
  const weight = Number(typed);
  const isGood = /^\d+$/.test(typed) && weight >= LEAST && weight <= MOST;
  const ofField =
    error instanceof ApiError ? error.errors.find(({ pointer }) => pointer === "/weight") : undefined;
  const wrong =
    ofField?.message ??
    (error ? explain(error) : isGood ? undefined : `A whole number from ${LEAST} to ${MOST}.`);
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={`The weight of ${user.email}`}
      actions={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button type="submit" form="weight" look="go" busy={busy} disabled={!isGood}>
            Save
          </Button>
        </>
      }
    >
      <form
        id="weight"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (isGood && !busy) onSend({ weight });
        }}
      >
        <Field
          label="Weight"
          hint="Where users compete for workers, twice the weight is twice the share. Everybody begins with 10."
          error={wrong}
        >
          {(control) => (
            <Input
              {...control}
              className="max-w-28"
              inputMode="numeric"
              autoComplete="off"
              value={typed}
              onChange={(event) => setTyped(event.target.value.trim())}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}

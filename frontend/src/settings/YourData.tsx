import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Download, TriangleAlert } from "lucide-react";
import { type FormEvent, useState } from "react";
import { PasswordInput } from "@/account/PasswordInput";
import { fetchExport, useDeleteAccount } from "@/api/account";
import { forgetRecentJobs } from "@/api/jobCache";
import { leave } from "@/api/session";
import { useUser } from "@/api/useUser";
import { forgetDrafts } from "@/jobs/new/draftStore";
import { tellDone } from "@/jobs/notices";
import { usePageTitle } from "@/shell/usePageTitle";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Dialog } from "@/ui/Dialog";
import { Field, Input } from "@/ui/Field";
import { fieldErrors, wrongPassword } from "./fieldError";
import { SectionHead } from "./Settings";

/** All that is kept of one: to take along, and to be gone. */
export function YourData() {
  usePageTitle("Your data");
  const [isLeaving, setIsLeaving] = useState(false);
  return (
    <>
      <SectionHead title="Your data">Take it along, or have it deleted.</SectionHead>
      <ExportCard />
      <Card title="Delete your account">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-3 px-3.5 py-3">
          <p className="flex-1 basis-64 text-fg-2">
            Waiting jobs are cancelled, running ones are stopped, and all that is kept of you is deleted.
            There is no way back.
          </p>
          <Button onClick={() => setIsLeaving(true)}>Delete account</Button>
        </div>
      </Card>
      <Leave open={isLeaving} onClose={() => setIsLeaving(false)} />
    </>
  );
}

function ExportCard() {
  const exporting = useMutation({ mutationFn: fetchExport, onSuccess: save });
  const said = fieldErrors(exporting.error, ["/"])["/"];
  return (
    <Card title="Export">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-3 px-3.5 py-3">
        <p className="flex-1 basis-64 text-fg-2">
          One JSON file: your account, sessions, API keys, jobs with payloads and results, and what you did.
        </p>
        <Button
          icon={<Download aria-hidden="true" />}
          busy={exporting.isPending}
          onClick={() => exporting.mutate()}
        >
          Download
        </Button>
        {exporting.isPending && (
          <span role="status" className="w-full text-12 text-fg-3">
            It is being read. With many jobs that takes a while.
          </span>
        )}
        {said && (
          <span role="alert" className="w-full text-12 text-failed">
            {said}
          </span>
        )}
      </div>
    </Card>
  );
}

function save(file: Blob): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = "jobyard-export.json";
  link.click();
  // The browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function Leave({ open, onClose }: { open: boolean; onClose: () => void }) {
  const email = useUser()?.email ?? "";
  const queryClient = useQueryClient();
  const deleting = useDeleteAccount();
  const [typed, setTyped] = useState("");
  const isSure = typed.trim().toLowerCase() === email.toLowerCase();
  const said = fieldErrors(deleting.error, ["/password"])["/password"];
  const close = () => {
    setTyped("");
    deleting.reset();
    onClose();
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!isSure || deleting.isPending) return;
    const password = String(new FormData(event.currentTarget).get("password"));
    deleting.mutate(password, {
      onSuccess: () => {
        queryClient.clear();
        forgetRecentJobs();
        forgetDrafts();
        leave();
        tellDone("Your account is deleted", "All that was kept of you is gone.");
      },
    });
  };
  return (
    <Dialog
      open={open}
      onClose={close}
      title="Delete your account?"
      actions={
        <>
          <Button onClick={close}>Keep it</Button>
          <Button
            type="submit"
            form="delete-account"
            look="danger"
            disabled={!isSure}
            busy={deleting.isPending}
          >
            Delete account
          </Button>
        </>
      }
    >
      <form id="delete-account" onSubmit={submit} className="flex flex-col gap-4">
        <p className="flex gap-2.5 text-fg-2">
          <TriangleAlert
            className="mt-px size-[18px] shrink-0 text-failed"
            strokeWidth={1.75}
            aria-hidden="true"
          />
          Your jobs, keys, sessions and history are deleted, here and for good.
        </p>
        <Field label={`Type ${email} to confirm`}>
          {(control) => (
            <Input
              {...control}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          )}
        </Field>
        <Field label="Password" error={said && wrongPassword(said)}>
          {(control) => (
            <PasswordInput {...control} name="password" autoComplete="current-password" required />
          )}
        </Field>
      </form>
    </Dialog>
  );
}

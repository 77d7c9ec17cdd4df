import { useId, useState } from "react";
import { ApiError } from "@/api/ApiError";
import { explain } from "@/api/explain";
import type { Job } from "@/api/types";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Field, Input } from "@/ui/Field";
import { Seg } from "@/ui/Seg";
import { useIsShown } from "@/ui/useIsShown";
import { canEdit } from "../jobActions";
import { PriorityBars, priorityWord } from "../Priority";
import { PRIORITIES } from "../table/filters";
import { editOf, type Wish, wishOf } from "./edit";
import type { JobActions } from "./useJobActions";

/**
 * Priority, time, attempts and tags of a job that waits. Its form begins anew each time that it is opened, and stays with
 * what was typed when the job starts meanwhile.
 */
export function EditDialog({ job, actions }: { job: Job; actions: JobActions }) {
  const form = useId();
  return (
    <Dialog
      open={actions.asking === "edit"}
      onClose={actions.close}
      title={`Change ${job.kind}`}
      className="md:w-[440px]!"
      actions={
        <>
          <Button onClick={actions.close}>Leave as it is</Button>
          <Button look="go" type="submit" form={form} busy={actions.busy === "edit"} disabled={!canEdit(job)}>
            Save
          </Button>
        </>
      }
    >
      <Form id={form} job={job} actions={actions} />
    </Dialog>
  );
}

function Form({ id, job, actions }: { id: string; job: Job; actions: JobActions }) {
  const [wish, setWish] = useState(() => wishOf(job));
  const [refused, setRefused] = useState<Error | null>(null);
  const [tried, setTried] = useState(false);
  const isShown = useIsShown();
  const { change, errors } = editOf(job, wish);
  const set = (part: Partial<Wish>) => {
    setWish({ ...wish, ...part });
    setRefused(null);
  };
  // Closed while it was sent, it has nothing to close, and no place for an error.
  const onSuccess = () => isShown() && actions.close();
  const showError = (error: Error) => {
    setRefused(error);
    return isShown();
  };
  const save = () => {
    setTried(true);
    // Enter in a field asks no button.
    if (!canEdit(job) || actions.busy === "edit") return;
    if (Object.keys(errors).length > 0) return;
    if (Object.keys(change).length === 0) actions.close();
    else actions.change(change, { onSuccess, showError });
  };
  const errorAt = (pointer: string) =>
    (refused instanceof ApiError ? refused.messageFor(pointer) : undefined) ??
    (tried ? errors[pointer] : undefined);
  const elsewhere =
    canEdit(job) &&
    refused &&
    !(refused instanceof ApiError && FIELDS.some((field) => refused.messageFor(field)));
  return (
    <form
      id={id}
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <div className="flex flex-col items-start gap-1.5">
        <span className="font-strong">Priority</span>
        <Seg
          label="Priority"
          size="lg"
          value={wish.priority}
          onChange={(priority) => set({ priority })}
          options={PRIORITIES.map((priority) => ({
            value: priority,
            label: (
              <>
                <PriorityBars priority={priority} />
                {priorityWord(priority)}
              </>
            ),
          }))}
        />
      </div>
      <Field
        label="Run at"
        hint="In your time zone. A time that is past puts it in line now."
        error={errorAt("/run_at")}
      >
        {(control) => (
          <Input
            {...control}
            type="datetime-local"
            className="max-w-64"
            value={wish.at}
            onChange={(event) => set({ at: event.target.value })}
          />
        )}
      </Field>
      <Field label="Attempts" hint={`${job.attempt} used so far.`} error={errorAt("/max_attempts")}>
        {(control) => (
          <Input
            {...control}
            inputMode="numeric"
            className="max-w-64"
            value={wish.maxAttempts}
            onChange={(event) => set({ maxAttempts: event.target.value })}
          />
        )}
      </Field>
      <Field label="Tags" hint="With commas between them." error={errorAt("/tags")}>
        {(control) => (
          <Input
            {...control}
            value={wish.tags}
            autoComplete="off"
            onChange={(event) => set({ tags: event.target.value })}
          />
        )}
      </Field>
      {!canEdit(job) && (
        <p role="alert" className="text-failed">
          {tooLate(job)}
        </p>
      )}
      {elsewhere && (
        <p role="alert" className="text-failed">
          {explain(refused)}
        </p>
      )}
    </form>
  );
}

function tooLate(job: Job): string {
  return `It ${job.state === "cancelled" ? "was cancelled" : "has started"}: it can't be changed now.`;
}

const FIELDS = ["/run_at", "/max_attempts", "/tags", "/priority"];

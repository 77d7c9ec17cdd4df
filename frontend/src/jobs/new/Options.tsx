import { ChevronRight } from "lucide-react";
import { useState } from "react";
import type { Kind } from "@/api/types";
import { cx } from "@/ui/cx";
import { Field, Input } from "@/ui/Field";
import { Select } from "../form/leafFields";
import { type Draft, optionsText } from "./draft";

/** Pointers of the fields in here: an error in one opens the fold. */
const POINTERS = /^\/(queue|max_attempts|timeout_seconds|backoff|tags|unique_key)(\/|$)/;

interface Props {
  draft: Draft;
  kind: Kind;
  set: (part: Partial<Draft>) => void;
  errors: ReadonlyMap<string, string>;
}

/** What seldom needs saying, folded; closed it tells what will hold. */
export function Options({ draft, kind, set, errors }: Props) {
  const [wanted, setWanted] = useState(false);
  const wrong = [...errors.keys()].some((pointer) => POINTERS.test(pointer));
  const open = wanted || wrong;
  return (
    <section>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setWanted(!open)}
        className="flex min-h-9 w-full items-center gap-2 text-left"
      >
        <ChevronRight
          className={cx("size-3.5 shrink-0 transition-transform duration-90", open && "rotate-90")}
          aria-hidden="true"
        />
        <b className="font-strong">Options</b>
        {!open && <span className="min-w-0 text-fg-3">{optionsText(draft, kind)}</span>}
      </button>
      {open && <Fields {...{ draft, kind, set, errors }} />}
    </section>
  );
}

function Fields({ draft, kind, set, errors }: Props) {
  const { max_attempts, timeout_seconds, backoff } = kind.defaults;
  const at = (prefix: string) => [...errors].find(([pointer]) => pointer.startsWith(prefix))?.[1];
  const box = (
    key: "queue" | "maxAttempts" | "timeout" | "baseSeconds" | "maxSeconds" | "tags" | "uniqueKey",
  ) => ({
    value: draft[key],
    autoComplete: "off",
    spellCheck: false,
    onChange: (event: { target: { value: string } }) => set({ [key]: event.target.value }),
  });
  return (
    <div className="grid gap-4 pt-2 pl-5.5 md:grid-cols-2">
      <Field label="Queue" error={at("/queue")}>
        {(control) => <Input {...control} {...box("queue")} placeholder="default" />}
      </Field>
      <Field label="Attempts" hint="How often it may be tried, 1 to 100." error={at("/max_attempts")}>
        {(control) => (
          <Input
            {...control}
            {...box("maxAttempts")}
            inputMode="numeric"
            placeholder={String(max_attempts)}
          />
        )}
      </Field>
      <Field
        label="Timeout"
        note="seconds"
        hint="One attempt may take this long."
        error={at("/timeout_seconds")}
      >
        {(control) => (
          <Input {...control} {...box("timeout")} inputMode="decimal" placeholder={String(timeout_seconds)} />
        )}
      </Field>
      <Field label="Backoff" hint="How the pause grows from try to try." error={at("/backoff/strategy")}>
        {(control) => (
          <Select
            {...control}
            value={draft.strategy}
            onChange={(strategy) => set({ strategy })}
            options={[
              { value: "", label: `${backoff.strategy}, by default` },
              { value: "exponential", label: "exponential: doubles each time" },
              { value: "fixed", label: "fixed: always the same" },
            ]}
          />
        )}
      </Field>
      <Field label="First pause" note="seconds" error={at("/backoff/base_seconds")}>
        {(control) => (
          <Input
            {...control}
            {...box("baseSeconds")}
            inputMode="decimal"
            placeholder={String(backoff.base_seconds)}
          />
        )}
      </Field>
      <Field label="Longest pause" note="seconds" error={at("/backoff/max_seconds")}>
        {(control) => (
          <Input
            {...control}
            {...box("maxSeconds")}
            inputMode="decimal"
            placeholder={String(backoff.max_seconds)}
          />
        )}
      </Field>
      <Field label="Tags" hint="Parted by commas." error={at("/tags")}>
        {(control) => <Input {...control} {...box("tags")} placeholder="month-end, billing" />}
      </Field>
      <Field
        label="Unique key"
        hint="While a job with this key is unfinished, another submit answers with that one."
        error={at("/unique_key")}
      >
        {(control) => <Input {...control} {...box("uniqueKey")} maxLength={255} />}
      </Field>
    </div>
  );
}

import { CircleAlert, WandSparkles } from "lucide-react";
import type { FieldError } from "@/api/ApiError";
import type { Kind } from "@/api/types";
import { Button } from "@/ui/Button";
import { TextArea } from "@/ui/Field";
import { Seg } from "@/ui/Seg";
import type { FormContext } from "../form/formContext";
import { SchemaForm } from "../form/SchemaForm";
import type { Draft } from "./draft";

export type Mode = "form" | "json";

interface Props {
  kind: Kind;
  draft: Draft;
  mode: Mode;
  onMode: (mode: Mode) => void;
  onExample: () => void;
  /** Another number when the payload was replaced as a whole: controls that keep what is typed begin anew. */
  epoch: number;
  form: FormContext;
  json: { text: string; set: (text: string) => void; errors: readonly FieldError[] };
  /** What is wrong with the payload as a whole. */
  error: string | undefined;
  /** Why it stays the form, after one asked for the other look. */
  stays: string | null;
}

/** A kind's payload as a form or as JSON: two looks at the same value. */
export function PayloadEditor({
  kind,
  draft,
  mode,
  onMode,
  onExample,
  epoch,
  form,
  json,
  error,
  stays,
}: Props) {
  return (
    <section aria-labelledby="payload-title">
      <div className="mb-2.5 flex flex-wrap items-center gap-2">
        <h2 id="payload-title" className="text-13 font-strong">
          Payload
        </h2>
        <span className="flex-1" />
        <Button size="sm" look="ghost" icon={<WandSparkles aria-hidden="true" />} onClick={onExample}>
          Fill in the example
        </Button>
        <Seg<Mode>
          label="Edit the payload as"
          value={mode}
          onChange={onMode}
          options={[
            { value: "form", label: "Form" },
            { value: "json", label: "JSON" },
          ]}
        />
      </div>
      {stays && (
        <div role="alert" className="mb-2.5">
          <Wrong>{stays}</Wrong>
        </div>
      )}
      {mode === "form" ? (
        <div className="flex flex-col gap-4 rounded-card border p-4">
          {error && <Wrong>{error}</Wrong>}
          <SchemaForm
            key={`${kind.kind} ${epoch}`}
            schema={kind.payload_schema}
            value={draft.payload}
            form={form}
            empty={<p className="text-fg-3">This kind needs no payload.</p>}
          />
        </div>
      ) : (
        <div className="flex flex-col gap-2">
          <TextArea
            aria-label="Payload as JSON"
            aria-invalid={json.errors.length > 0 ? true : undefined}
            aria-describedby="json-errors"
            value={json.text}
            spellCheck={false}
            rows={Math.min(24, Math.max(10, json.text.split("\n").length + 1))}
            className="code-12 leading-5 max-md:text-16!"
            onChange={(event) => json.set(event.target.value)}
          />
          <ul id="json-errors" aria-live="polite" className="flex flex-col gap-1">
            {json.errors.map(({ pointer, message }) => (
              <li key={pointer}>
                <Wrong>
                  {pointer && <span className="code-12">{pointer} </span>}
                  {message}
                </Wrong>
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}

function Wrong({ children }: { children: React.ReactNode }) {
  return (
    <p className="flex items-start gap-1.5 text-12 text-failed">
      <CircleAlert className="mt-px size-3.5 shrink-0" aria-hidden="true" />
      <span className="min-w-0 wrap-anywhere">{children}</span>
    </p>
  );
}

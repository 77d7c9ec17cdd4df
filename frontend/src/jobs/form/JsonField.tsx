import { useState } from "react";
import { type Json, parseExact, stringifyExact } from "@/api/exactJson";
import { Field, TextArea } from "@/ui/Field";
import { useForm } from "./formContext";
import { jsonProblem } from "./jsonProblem";
import { toPointer } from "./pointer";
import { type FieldOf, hintOf, noteOf } from "./SchemaField";

/** Any JSON, as text. What does not parse yet is kept as typed and said to be wrong; the value stays as it was. */
export function JsonField({ path, name, shape, value, required, kept = false }: FieldOf<"json">) {
  const form = useForm();
  const [text, setText] = useState(() => form.brokenText(path) ?? textOf(value));
  const change = (next: string) => {
    setText(next);
    if (next.trim() === "") {
      form.setBroken(path, null);
      form.change(path, kept ? null : undefined);
      return;
    }
    let parsed: Json;
    try {
      parsed = parseExact(next);
    } catch (error) {
      form.setBroken(path, jsonProblem(error, next), next);
      return;
    }
    form.setBroken(path, null);
    form.change(path, parsed);
  };
  return (
    <Field
      label={name}
      note={noteOf({ shape, required })}
      hint={hintOf({ shape, required }) ?? "Any JSON."}
      error={form.errorAt(path)}
    >
      {(control) => (
        <TextArea
          {...control}
          data-place={toPointer(path)}
          value={text}
          rows={Math.min(16, Math.max(3, text.split("\n").length))}
          spellCheck={false}
          className="code-12 max-md:text-16!"
          onChange={(event) => change(event.target.value)}
          onBlur={() => form.leave(path)}
        />
      )}
    </Field>
  );
}

function textOf(value: Json | undefined): string {
  return value === undefined ? "" : stringifyExact(value, 2);
}

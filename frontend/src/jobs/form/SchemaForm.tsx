import { type ReactNode, useMemo } from "react";
import type { Json } from "@/api/exactJson";
import { type FormContext, FormProvider } from "./formContext";
import { SchemaField } from "./SchemaField";
import { type Schema, shapeOf } from "./shape";

/**
 * A form for a JSON value, made from its schema: ours and not a library's, because values keep exact numbers, errors come
 * by JSON pointer from two judges (the page and the server), and the parts are the page's own. What a schema says beyond
 * the shapes of `shape.ts` is edited as JSON.
 */
export function SchemaForm({
  schema,
  value,
  form,
  empty,
}: {
  schema: Schema;
  value: Json | undefined;
  form: FormContext;
  /** Shown for a payload without fields. */
  empty?: ReactNode;
}) {
  const shape = useMemo(() => shapeOf(schema, schema), [schema]);
  if (shape.is === "object" && shape.fields.length === 0) return empty;
  return (
    <FormProvider value={form}>
      <SchemaField path={[]} name="payload" shape={shape} value={value} required bare />
    </FormProvider>
  );
}

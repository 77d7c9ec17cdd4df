import type { Json } from "@/api/exactJson";
import { JsonField } from "./JsonField";
import { ChoiceField, NumberField, SwitchField, TextField } from "./leafFields";
import { ListField, MapField, TupleField } from "./listFields";
import { ObjectField } from "./ObjectField";
import type { Path } from "./pointer";
import { type Shape, short } from "./shape";
import { UnionField } from "./UnionField";

export interface FieldProps<S extends Shape = Shape> {
  path: Path;
  name: string;
  shape: S;
  value: Json | undefined;
  required: boolean;
  /** Its place is needed (an item of a list): cleared, it stays as an empty value. */
  kept?: boolean;
  /** Without a frame and a name of its own: the payload itself, a branch of a union. */
  bare?: boolean;
}

type Is<K extends Shape["is"]> = Extract<Shape, { is: K }>;
export type FieldOf<K extends Shape["is"]> = FieldProps<Is<K>>;

/** The control for a shape. */
export function SchemaField(props: FieldProps) {
  const { shape } = props;
  switch (shape.is) {
    case "text":
      return <TextField {...props} shape={shape} />;
    case "number":
      return <NumberField {...props} shape={shape} />;
    case "boolean":
      return <SwitchField {...props} shape={shape} />;
    case "choice":
      return <ChoiceField {...props} shape={shape} />;
    case "object":
      return <ObjectField {...props} shape={shape} />;
    case "list":
      return <ListField {...props} shape={shape} />;
    case "tuple":
      return <TupleField {...props} shape={shape} />;
    case "map":
      return <MapField {...props} shape={shape} />;
    case "union":
      return <UnionField {...props} shape={shape} />;
    case "json":
      return <JsonField {...props} shape={shape} />;
    case "fixed":
      // It has one value, and has it already: nothing to choose.
      return null;
  }
}

/** 'string, required': what stands after a field's name. */
export function noteOf({ shape, required }: Pick<FieldProps, "shape" | "required">): string {
  const words = [shape.nullable && !shape.word.includes("null") ? `${shape.word} or null` : shape.word];
  if (required) words.push("required");
  return words.join(", ");
}

/** The description, the range, and what holds when nothing is given. */
export function hintOf({ shape, required }: Pick<FieldProps, "shape" | "required">): string | undefined {
  const range = shape.is === "number" && shape.range ? `${capital(shape.range)}.` : null;
  const { fallback } = shape;
  const told = fallback !== undefined && fallback !== null && !required && !isEmpty(fallback);
  const otherwise = told && shape.is !== "choice" ? `${short(fallback)} when left empty.` : null;
  const parts = [shape.description, range, shape.is === "boolean" ? null : otherwise].filter(Boolean);
  return parts.length > 0 ? parts.map((part) => sentence(part ?? "")).join(" ") : undefined;
}

function isEmpty(value: Json): boolean {
  return value === "" || (typeof value === "object" && Object.keys(value ?? {}).length === 0);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** Takes the whole width of a form with two columns. */
export function isWide(shape: Shape, name: string): boolean {
  if (shape.is === "text") return shape.long || /url|uri|address|subject|title/i.test(name);
  return shape.is !== "number" && shape.is !== "boolean" && shape.is !== "choice";
}

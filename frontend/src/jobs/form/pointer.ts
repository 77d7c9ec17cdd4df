// Places in a JSON value: a path for code, a JSON pointer (RFC 6901) for errors.
import { isObject, type Json, type JsonObject } from "@/api/exactJson";

export type Path = readonly (string | number)[];

export function toPointer(path: Path): string {
  return path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** The value with what is at `path` replaced; undefined takes it away. Objects on the way are made when missing. */
export function setIn(value: Json | undefined, path: Path, next: Json | undefined): Json | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return next;
  if (typeof step === "number") {
    const items = Array.isArray(value) ? [...value] : [];
    const item = setIn(items[step], rest, next);
    if (item === undefined) items.splice(step, 1);
    else items[step] = item;
    return items;
  }
  const fields = new Map(isObject(value) ? Object.entries(value) : []);
  const field = setIn(fields.get(step), rest, next);
  if (field === undefined) fields.delete(step);
  else fields.set(step, field);
  return objectFrom(fields);
}

/** Not by assignment: a field named __proto__ is a field like any other. */
export function objectFrom(fields: Iterable<readonly [string, Json]>): JsonObject {
  return Object.fromEntries(fields);
}

// What the server shows in place of secret fields of a payload.
import { isObject, type Json } from "@/api/exactJson";
import { type Path, toPointer } from "./form/pointer";

export const HIDDEN = "***";
/** A URL's user and password. */
const HIDDEN_IN_URL = /^[^:/?#]*:\/\/\*\*\*@/;

/** Whether there may be something to reveal: a text of three stars of somebody's own looks the same. */
export function hasHidden(value: Json): boolean {
  return hiddenAt(value).length > 0;
}

/** The JSON pointers of what is hidden. */
export function hiddenAt(value: Json, path: Path = []): string[] {
  if (typeof value === "string") {
    return value === HIDDEN || HIDDEN_IN_URL.test(value) ? [toPointer(path)] : [];
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => hiddenAt(item, [...path, index]));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, part]) => hiddenAt(part, [...path, name]));
}

// JSON whose numbers survive: 9007199254740993 is not a number of JavaScript, and a job's payload must come back as it
// was sent. Numbers that JavaScript can hold stay plain; the others keep their digits.
import { LosslessNumber, parse, stringify } from "lossless-json";

export type Json = null | boolean | string | number | LosslessNumber | Json[] | JsonObject;
export interface JsonObject {
  [name: string]: Json;
}

/** Throws a SyntaxError that says what was expected and where (`position`, counted from 0). */
export function parseExact(text: string): Json {
  return parse(text, undefined, { parseNumber: exactNumber }) as Json;
}

/** Where people's own JSON stands in the server's answers; all else is the server's, and its numbers are plain. */
const OWN = new Set(["payload", "result", "example"]);

/** An answer of the server: only what people put into it keeps its digits. */
export function parseAnswer(text: string): unknown {
  return withPlainNumbers(parseExact(text));
}

function withPlainNumbers(value: Json): Json {
  if (isExactNumber(value)) return Number(value.toString());
  if (Array.isArray(value)) return value.map(withPlainNumbers);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, OWN.has(name) ? part : withPlainNumbers(part)]),
  );
}

/** `indent` 0 writes one line. */
export function stringifyExact(value: unknown, indent = 0): string {
  return stringify(value, undefined, indent) ?? "null";
}

export function exactNumber(digits: string): number | LosslessNumber {
  const value = Number(digits);
  return String(value) === digits ? value : new LosslessNumber(digits);
}

export function isExactNumber(value: unknown): value is LosslessNumber {
  return value instanceof LosslessNumber;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isExactNumber(value);
}

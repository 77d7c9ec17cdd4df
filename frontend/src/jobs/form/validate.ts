// Says as one types what the server would say: a payload against its JSON Schema, in our words. The server has the last
// word; what this can't judge (a pattern of another language) it lets pass.
import { type OutputUnit, type Schema as RawSchema, Validator } from "@cfworker/json-schema";
import type { FieldError } from "@/api/ApiError";
import { isExactNumber, isObject, type Json } from "@/api/exactJson";
import { toPointer } from "./pointer";
import { at, type Schema } from "./shape";

const validators = new WeakMap<Schema, Validator>();

/** All that is wrong, with pointers from the payload ('' is the payload itself), each place once. */
export function validate(schema: Schema, value: Json | undefined): FieldError[] {
  const validator = validators.get(schema) ?? new Validator(checkable(schema), "2020-12", false);
  validators.set(schema, validator);
  const { errors } = validator.validate(value === undefined ? {} : plain(value));
  const found = new Map<string, string>();
  for (const error of meant(errors)) {
    const { pointer, message } = told(error, schema);
    if (!found.has(pointer)) found.set(pointer, message);
  }
  return [...found].map(([pointer, message]) => ({ pointer, message }));
}

/** A copy (the validator writes into its schema) without the patterns that are none in JavaScript. */
function checkable(schema: unknown): RawSchema {
  return JSON.parse(JSON.stringify(schema), (key, part: unknown) =>
    key === "pattern" && typeof part === "string" && !compiles(part) ? undefined : part,
  ) as RawSchema;
}

function compiles(pattern: string): boolean {
  try {
    new RegExp(pattern, "u");
    return true;
  } catch {
    return false;
  }
}

/** Exact numbers as near ones: enough for a range or a type. */
function plain(value: Json): unknown {
  if (isExactNumber(value)) return Number(value.toString());
  if (Array.isArray(value)) return value.map(plain);
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
  return value;
}

/** These only say that something below is wrong, which is told by itself. */
const WRAPPERS = new Set(
  (
    "$ref properties patternProperties additionalProperties unevaluatedProperties items prefixItems " +
    "unevaluatedItems allOf if dependentSchemas propertyNames"
  ).split(" "),
);

/** The errors worth telling: no wrappers, and of a union only the branch that was meant. */
function meant(errors: readonly OutputUnit[]): OutputUnit[] {
  const found: OutputUnit[] = [];
  for (let index = 0; index < errors.length; index += 1) {
    const error = errors[index];
    if (!error || WRAPPERS.has(error.keyword)) continue;
    if (error.keyword !== "anyOf" && error.keyword !== "oneOf") {
      found.push(error);
      continue;
    }
    const branches = branchesBelow(errors, index);
    index += branches.reduce((sum, branch) => sum + branch.length, 0);
    found.push(...ofUnion(error, branches));
  }
  return found;
}

/** What follows a union's own error, up to the next place in the schema: the errors of each of its branches. */
function branchesBelow(errors: readonly OutputUnit[], unionAt: number): OutputUnit[][] {
  const prefix = `${errors[unionAt]?.keywordLocation}/`;
  const branches = new Map<string, OutputUnit[]>();
  let last: OutputUnit[] | undefined;
  for (const error of errors.slice(unionAt + 1)) {
    // An unknown field carries no place in the schema: it belongs to what was said before it.
    if (error.keyword !== "false" && !error.keywordLocation.startsWith(prefix)) break;
    if (error.keyword !== "false") {
      const branch = error.keywordLocation.slice(prefix.length).split("/")[0] ?? "";
      last = branches.get(branch) ?? [];
      branches.set(branch, last);
    }
    last?.push(error);
  }
  return [...branches.values()];
}

/** The branch that is right in type and tag and has the fewest errors; when none is, the union's own error. */
function ofUnion(union: OutputUnit, branches: readonly OutputUnit[][]): OutputUnit[] {
  const fitting = branches.filter((errors) => !errors.some((error) => isOtherKind(error, union)));
  const best = fitting.map(meant).sort((a, b) => a.length - b.length)[0];
  return best ?? [union];
}

/** A wrong type, or a tag (a field with one value) of another branch. */
function isOtherKind({ keyword, instanceLocation }: OutputUnit, union: OutputUnit): boolean {
  const deeper = instanceLocation.slice(union.instanceLocation.length);
  if (deeper === "") return keyword === "type" || keyword === "const" || keyword === "enum";
  return (keyword === "const" || keyword === "enum") && /^\/[^/]*$/.test(deeper);
}

function told(error: OutputUnit, schema: Schema): FieldError {
  const pointer = error.instanceLocation.slice(1);
  if (error.keyword === "required") {
    const name = error.error.slice(error.error.indexOf('"') + 1, error.error.lastIndexOf('"'));
    return { pointer: pointer + toPointer([name]), message: "Required." };
  }
  return { pointer, message: message(error, keywordValue(schema, error.keywordLocation)) };
}

/** What the schema says at a place like `#/$ref/properties/url/pattern`, which goes through references. */
function keywordValue(schema: Schema, location: string): unknown {
  let here: unknown = schema;
  for (const step of location.split("/").slice(1)) {
    const name = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
    const value = (here as Schema | undefined)?.[name];
    here = name === "$ref" && typeof value === "string" ? at(schema, value) : value;
  }
  return here;
}

function message({ keyword, error }: OutputUnit, limit: unknown): string {
  switch (keyword) {
    case "type":
      return `Must be ${typeWords(limit)}.`;
    case "anyOf":
    case "oneOf":
      return unionMessage(limit);
    case "minimum":
      return `Must be ${limit} or more.`;
    case "maximum":
      return `Must be ${limit} or less.`;
    case "exclusiveMinimum":
      return `Must be more than ${limit}.`;
    case "exclusiveMaximum":
      return `Must be less than ${limit}.`;
    case "multipleOf":
      return `Must be a multiple of ${limit}.`;
    case "minLength":
      return limit === 1 ? "Required." : `Must have ${limit} characters or more.`;
    case "maxLength":
      return `Must have ${limit} characters or fewer.`;
    case "minItems":
      return `Must have ${limit} ${limit === 1 ? "item" : "items"} or more.`;
    case "maxItems":
      return `Must have ${limit} ${limit === 1 ? "item" : "items"} or fewer.`;
    case "minProperties":
      return `Must have ${limit} ${limit === 1 ? "field" : "fields"} or more.`;
    case "maxProperties":
      return `Must have ${limit} ${limit === 1 ? "field" : "fields"} or fewer.`;
    case "uniqueItems":
      return "No item may be there twice.";
    case "pattern":
      return `Must match ${limit}`;
    case "enum":
      return `Must be one of ${(limit as unknown[]).map((one) => JSON.stringify(one)).join(", ")}.`;
    case "const":
      return `Must be ${JSON.stringify(limit)}.`;
    case "format":
      return FORMATS[String(limit)] ?? `Must be in the format ${limit}.`;
    case "false":
      return "Is not a known field.";
    default:
      return error;
  }
}

function unionMessage(branches: unknown): string {
  const types = (branches as Schema[]).map((branch) => branch.type);
  return types.every((type) => typeof type === "string")
    ? `Must be ${typeWords(types)}.`
    : "Is none of the things that it can be.";
}

const FORMATS: Readonly<Record<string, string>> = {
  email: "Must be an email address.",
  uri: "Must be a whole address, as https://example.org/path.",
  url: "Must be a whole address, as https://example.org/path.",
  "date-time": "Must be a time, as 2026-11-24T15:00:00Z.",
  date: "Must be a date, as 2026-11-24.",
  time: "Must be a time, as 15:00:00Z.",
  duration: "Must be a duration, as PT30S.",
  uuid: "Must be a UUID.",
  ipv4: "Must be an IPv4 address.",
  ipv6: "Must be an IPv6 address.",
  hostname: "Must be a host name.",
};

const TYPES: Readonly<Record<string, string>> = {
  string: "text",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  null: "null",
};

function typeWords(types: unknown): string {
  return [types]
    .flat()
    .map((type) => TYPES[String(type)] ?? String(type))
    .join(" or ");
}

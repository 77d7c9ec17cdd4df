// What a JSON Schema means for a form: one of a few shapes, each with its own control. What has no shape of its own is
// edited as JSON, so every schema has a form. Made for what msgspec writes ($ref, anyOf with null, tagged unions), and
// for what people write by hand.
import { isExactNumber, isObject, type Json, stringifyExact } from "@/api/exactJson";

export type Schema = { readonly [keyword: string]: unknown };

interface About {
  title: string | null;
  description: string | null;
  /** What holds when nothing is given; undefined when the schema does not say. */
  fallback: Json | undefined;
  /** null is a value of it. */
  nullable: boolean;
  /** 'string', 'integer', 'array': JSON's word for it. */
  word: string;
}

export interface Field {
  name: string;
  required: boolean;
  shape: Shape;
}

export type Shape = About &
  (
    | { is: "text"; long: boolean; secret: boolean; format: string | null; maxLength: number | null }
    | { is: "number"; whole: boolean; range: string | null }
    | { is: "boolean" }
    | { is: "choice"; options: Json[] }
    | { is: "fixed"; value: Json }
    | { is: "list"; item: Shape; minItems: number; maxItems: number }
    | { is: "tuple"; items: Shape[] }
    | { is: "object"; fields: Field[] }
    | { is: "map"; item: Shape }
    | { is: "union"; branches: Shape[] }
    | { is: "json" }
  );

/** A schema that holds itself ends here; below it is JSON. */
const DEEPEST = 8;
const LONG_TEXT = 300;
const LONG_NAMES = /^(body|text|html|message|content|description|note)$/;

export function shapeOf(schema: unknown, root: Schema, name = "", depth = 0): Shape {
  const given = resolve(schema, root);
  const about = aboutOf(given);
  if (depth > DEEPEST) return { ...about, is: "json", word: "any" };

  const { branches, nullable } = branchesOf(given, root);
  if (branches) return unionOf(branches, { ...about, nullable }, root, name, depth);
  if (given.const !== undefined) return { ...about, is: "fixed", value: given.const as Json };
  if (Array.isArray(given.enum)) return choiceOf(given.enum as Json[], about);

  const shape = plainShape(given, about, root, name, depth);
  return nullable ? { ...shape, nullable: true } : shape;
}

function plainShape(given: Schema, about: About, root: Schema, name: string, depth: number): Shape {
  switch (typesOf(given).find((type) => type !== "null")) {
    case "string":
      return textOf(given, about, name);
    case "integer":
      return { ...about, is: "number", whole: true, range: rangeOf(given), word: "integer" };
    case "number":
      return { ...about, is: "number", whole: false, range: rangeOf(given), word: "number" };
    case "boolean":
      return { ...about, is: "boolean", word: "boolean" };
    case "array":
      return listOf(given, about, root, depth);
    case "object":
      return objectOf(given, about, root, depth);
    default:
      return { ...about, is: "json", word: "any" };
  }
}

function textOf(given: Schema, about: About, name: string): Shape {
  const maxLength = numberOf(given.maxLength);
  const format = textOr(given.format);
  const media = given.contentMediaType !== undefined || given.contentEncoding !== undefined;
  return {
    ...about,
    is: "text",
    word: "string",
    format,
    maxLength,
    secret: format === "password" || given.writeOnly === true,
    long:
      media ||
      LONG_NAMES.test(name) ||
      (maxLength !== null && maxLength >= LONG_TEXT && format === null && !/url|uri/i.test(name)),
  };
}

function listOf(given: Schema, about: About, root: Schema, depth: number): Shape {
  if (Array.isArray(given.prefixItems) && given.prefixItems.length > 0) {
    const items = given.prefixItems.map((item: unknown) => shapeOf(item, root, "", depth + 1));
    return { ...about, is: "tuple", items, word: "array" };
  }
  return {
    ...about,
    is: "list",
    word: "array",
    item: shapeOf(given.items ?? {}, root, "", depth + 1),
    minItems: numberOf(given.minItems) ?? 0,
    maxItems: numberOf(given.maxItems) ?? Number.POSITIVE_INFINITY,
  };
}

function objectOf(given: Schema, about: About, root: Schema, depth: number): Shape {
  const properties = isObject(given.properties) ? Object.entries(given.properties) : [];
  const required = Array.isArray(given.required) ? given.required : [];
  const rest = given.additionalProperties;
  if (properties.length > 0) {
    // Fields beyond the named ones are rare: they are given as JSON.
    const fields = properties.map(([name, schema]) => ({
      name,
      required: required.includes(name),
      shape: shapeOf(schema, root, name, depth + 1),
    }));
    return { ...about, is: "object", fields, word: "object" };
  }
  if (rest === false) return { ...about, is: "object", fields: [], word: "object" };
  if (isObject(rest) && Object.keys(rest).length > 0) {
    return { ...about, is: "map", item: shapeOf(rest, root, "", depth + 1), word: "object" };
  }
  return { ...about, is: "json", word: "object" };
}

function choiceOf(values: Json[], about: About): Shape {
  const options = values.filter((value) => value !== null);
  const nullable = options.length < values.length || about.nullable;
  const [only] = options;
  if (options.length === 1 && only !== undefined && !nullable) return { ...about, is: "fixed", value: only };
  return { ...about, is: "choice", options, nullable, word: wordOf(only) };
}

function unionOf(branches: unknown[], about: About, root: Schema, name: string, depth: number): Shape {
  const shapes = branches.map((branch) => shapeOf(branch, root, name, depth + 1));
  const flat = shapes.flatMap((shape) => (shape.is === "union" ? shape.branches : [shape]));
  const nullable = about.nullable || shapes.some((shape) => shape.nullable);
  const [only] = flat;
  if (!only) return { ...about, is: "json", nullable, word: "null" };
  if (flat.length === 1) {
    const { title, description, fallback } = about;
    return {
      ...only,
      nullable,
      title: title ?? only.title,
      description: description ?? only.description,
      fallback: fallback === undefined ? only.fallback : fallback,
    };
  }
  const words = [...new Set(flat.map((shape) => shape.word))];
  return { ...about, is: "union", branches: flat, nullable, word: words.join(" or ") };
}

/** The branches of anyOf, oneOf or a list of types, without null; undefined when there is just one type. */
function branchesOf(given: Schema, root: Schema): { branches?: unknown[]; nullable: boolean } {
  const listed = given.anyOf ?? given.oneOf;
  if (Array.isArray(listed)) {
    const others = listed.filter((branch) => !isNull(resolve(branch, root)));
    return { branches: others, nullable: others.length < listed.length };
  }
  const types = typesOf(given);
  const others = types.filter((type) => type !== "null");
  const nullable = others.length < types.length;
  return others.length > 1
    ? {
        branches: others.map((type) => ({ ...given, type, title: undefined, description: undefined })),
        nullable,
      }
    : { nullable };
}

/** Follows $ref, and folds allOf into one. What stands beside a $ref (a description, a default) comes before what it names. */
function resolve(schema: unknown, root: Schema, depth = 0): Schema {
  if (!isObject(schema) || depth > DEEPEST) return {};
  const { $ref, allOf, ...own } = schema as Schema;
  let found: Schema = own;
  if (typeof $ref === "string") found = { ...resolve(at(root, $ref), root, depth + 1), ...own };
  if (Array.isArray(allOf)) {
    found = [...allOf.map((part) => resolve(part, root, depth + 1)), found].reduce(merge);
  }
  return found;
}

function merge(a: Schema, b: Schema): Schema {
  const properties = { ...(a.properties as object), ...(b.properties as object) };
  const required = [...((a.required as string[]) ?? []), ...((b.required as string[]) ?? [])];
  return {
    ...a,
    ...b,
    ...(Object.keys(properties).length > 0 ? { properties } : {}),
    ...(required.length > 0 ? { required } : {}),
  };
}

/** What a pointer within the document (`#/$defs/Order`) names. */
export function at(root: Schema, ref: string): unknown {
  if (!ref.startsWith("#")) return undefined;
  let here: unknown = root;
  for (const step of ref.slice(1).split("/").filter(Boolean)) {
    const name = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
    here = isObject(here) || Array.isArray(here) ? (here as unknown as Schema)[name] : undefined;
  }
  return here;
}

function aboutOf(given: Schema): About {
  return {
    title: textOr(given.title),
    description: textOr(given.description),
    fallback: given.default as Json | undefined,
    nullable: false,
    word: "any",
  };
}

function typesOf(given: Schema): string[] {
  if (typeof given.type === "string") return [given.type];
  if (Array.isArray(given.type)) return given.type.filter((type) => typeof type === "string");
  // Some leave the type out where it is plain.
  if (given.properties !== undefined || given.additionalProperties !== undefined) return ["object"];
  if (given.items !== undefined || given.prefixItems !== undefined) return ["array"];
  return [];
}

function isNull(schema: Schema): boolean {
  return schema.type === "null" || schema.const === null;
}

function rangeOf(given: Schema): string | null {
  const { minimum, maximum, exclusiveMinimum: over, exclusiveMaximum: under } = given;
  const low = minimum !== undefined ? `${minimum}` : over !== undefined ? `more than ${over}` : null;
  const high = maximum !== undefined ? `${maximum}` : under !== undefined ? `less than ${under}` : null;
  if (low !== null && high !== null) {
    return minimum !== undefined && maximum !== undefined
      ? `${low} to ${high}`
      : `${low}, ${maximum !== undefined ? `${high} at most` : high}`;
  }
  if (low !== null) return minimum !== undefined ? `${low} or more` : low;
  return high === null ? null : maximum !== undefined ? `at most ${high}` : high;
}

function wordOf(value: Json | undefined): string {
  if (typeof value === "string") return "string";
  return typeof value === "number" || isExactNumber(value) ? "number" : "any";
}

function textOr(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

/** 'GET', '30', 'true': a value in a few letters. */
export function short(value: Json): string {
  const text = typeof value === "string" ? value : stringifyExact(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

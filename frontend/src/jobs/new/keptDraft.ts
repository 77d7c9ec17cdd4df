// What is kept of a half-filled form, and when it is shown again. Pure.
import { isObject, type Json, parseExact, stringifyExact } from "@/api/exactJson";
import type { Kind } from "@/api/types";
import { objectFrom } from "../form/pointer";
import { type Schema, type Shape, shapeOf } from "../form/shape";
import { branchOf } from "../form/startValue";
import { hasHidden } from "../secrets";
import { type Draft, EMPTY_DRAFT } from "./draft";
import type { Mode } from "./PayloadEditor";

/** How the payload is typed, beyond its value. */
export interface Typed {
  mode: Mode;
  /** Of the JSON as a whole. */
  text: string;
  /** By place, what is no JSON value yet; '' is the JSON as a whole. */
  broken: Readonly<Record<string, Broken>>;
}

export interface Broken {
  message: string;
  /** As typed, where the value does not have it. */
  text?: string;
}

export interface Kept {
  /** The job that it began as a copy of. */
  from: string | null;
  kind: string;
  draft: Draft;
  typed: Typed | null;
}

/**
 * As text, without secrets: those are typed anew, and where there are any, so is what is no JSON yet. Null for a form that
 * nobody has touched.
 */
export function keptText(kept: Kept, kind: Kind, untouched: Draft): string | null {
  const { draft } = kept;
  const schema = kind.payload_schema as Schema;
  const typed = hasSecrets(schema) ? null : kept.typed;
  const isBroken = typed !== null && Object.keys(typed.broken).length > 0;
  if (!isBroken && stringifyExact(asJson(draft)) === stringifyExact(asJson(untouched))) return null;
  const payload = withoutSecrets(shapeOf(schema, schema), draft.payload ?? {});
  return stringifyExact({
    from: kept.from,
    kind: kept.kind,
    draft: asJson({ ...draft, payload }),
    ...(typed ? { typed: JSON.stringify(typed) } : {}),
  });
}

/** What was kept, where it is what is asked for: the same copy, the same kind, or no kind in particular. */
export function restored(
  text: string | null,
  from: string | undefined,
  kind: string | undefined,
): Kept | null {
  const kept = text === null ? null : parseKept(text);
  if (!kept || kept.from !== (from ?? null)) return null;
  return from !== undefined || kind === undefined || kind === kept.kind ? kept : null;
}

function parseKept(text: string): Kept | null {
  let stored: Json;
  try {
    stored = parseExact(text);
  } catch {
    return null;
  }
  if (!isObject(stored) || typeof stored.kind !== "string" || !isObject(stored.draft)) return null;
  const from = typeof stored.from === "string" ? stored.from : null;
  // A page of another release may have kept other fields.
  const known = Object.entries(stored.draft).filter(
    ([name, value]) => name in EMPTY_DRAFT && (name === "payload" || typeof value === "string"),
  );
  const draft = { ...EMPTY_DRAFT, ...Object.fromEntries(known) };
  return { from, kind: stored.kind, draft, typed: parseTyped(stored.typed) };
}

function parseTyped(stored: unknown): Typed | null {
  if (typeof stored !== "string") return null;
  try {
    const { mode, text, broken } = JSON.parse(stored) as Partial<Typed>;
    if ((mode !== "form" && mode !== "json") || typeof text !== "string") return null;
    const good = Object.entries(broken ?? {}).filter(([, one]) => typeof one?.message === "string");
    return { mode, text, broken: Object.fromEntries(good) };
  } catch {
    return null;
  }
}

/** Anywhere in it, also where a form shows plain JSON: a text that does not parse has no fields to leave out. */
function hasSecrets(schema: unknown): boolean {
  if (typeof schema !== "object" || schema === null) return false;
  const { writeOnly, format } = schema as { writeOnly?: unknown; format?: unknown };
  return writeOnly === true || format === "password" || Object.values(schema).some(hasSecrets);
}

/** The value without what its schema marks as secret. */
export function withoutSecrets(shape: Shape, value: Json): Json {
  switch (shape.is) {
    case "object": {
      if (!isObject(value)) return value;
      const fields = new Map(shape.fields.map((field) => [field.name, field.shape]));
      return objectFrom(
        Object.entries(value).flatMap(([name, item]) => {
          const field = fields.get(name);
          if (!field) return [[name, item] as const];
          return isSecret(field, item) ? [] : [[name, withoutSecrets(field, item)] as const];
        }),
      );
    }
    case "map": {
      if (!isObject(value)) return value;
      return objectFrom(
        Object.entries(value)
          .filter(([, item]) => !isSecret(shape.item, item))
          .map(([name, item]) => [name, withoutSecrets(shape.item, item)] as const),
      );
    }
    case "list":
      if (!Array.isArray(value)) return value;
      return value
        .filter((item) => !isSecret(shape.item, item))
        .map((item) => withoutSecrets(shape.item, item));
    case "tuple":
      if (!Array.isArray(value)) return value;
      return value.map((item, index) => {
        const each = shape.items[index];
        return each === undefined ? item : isSecret(each, item) ? null : withoutSecrets(each, item);
      });
    case "union": {
      const branch = shape.branches[branchOf(shape.branches, value)];
      return branch ? withoutSecrets(branch, value) : value;
    }
    default:
      return value;
  }
}

/** The server's stars, in the copy of a job, hide a secret and are none: without them the copy would lose it. */
function isSecret(shape: Shape, value: Json): boolean {
  return shape.is === "text" && shape.secret && !hasHidden(value);
}

function asJson(draft: Draft): Json {
  return { ...draft, payload: draft.payload ?? {} };
}

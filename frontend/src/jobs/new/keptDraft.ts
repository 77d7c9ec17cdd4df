// What is kept of a half-filled form, and when it is shown again. Pure.
import { isObject, type Json, parseExact, stringifyExact } from "@/api/exactJson";
import type { Kind } from "@/api/types";
import { objectFrom } from "../form/pointer";
import { type Schema, type Shape, shapeOf } from "../form/shape";
import { branchOf } from "../form/startValue";
import { hasHidden } from "../secrets";
import { type Draft, EMPTY_DRAFT } from "./draft";

export interface Kept {
  /** The job that it began as a copy of. */
  from: string | null;
  kind: string;
  draft: Draft;
}

/** As text, without secrets: those are typed anew. Null for a form that nobody has touched. */
export function keptText(kept: Kept, kind: Kind, untouched: Draft): string | null {
  const { draft } = kept;
  if (stringifyExact(asJson(draft)) === stringifyExact(asJson(untouched))) return null;
  const schema = kind.payload_schema as Schema;
  const payload = withoutSecrets(shapeOf(schema, schema), draft.payload ?? {});
  return stringifyExact({ from: kept.from, kind: kept.kind, draft: asJson({ ...draft, payload }) });
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
  return { from, kind: stored.kind, draft: { ...EMPTY_DRAFT, ...Object.fromEntries(known) } };
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

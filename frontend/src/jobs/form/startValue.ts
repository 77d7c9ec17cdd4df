import { isExactNumber, isObject, type Json } from "@/api/exactJson";
import { objectFrom } from "./pointer";
import type { Shape } from "./shape";

/** What a payload or a new item begins with: only what can be no other way, so that the server's defaults stay its own. */
export function startValue(shape: Shape): Json {
  switch (shape.is) {
    case "fixed":
      return shape.value;
    case "text":
      return "";
    case "number":
      return typeof shape.fallback === "number" ? shape.fallback : 0;
    case "boolean":
      return shape.fallback === true;
    case "choice":
      return shape.options[0] ?? null;
    case "list":
      return [];
    case "tuple":
      return shape.items.map(startValue);
    case "map":
      return {};
    case "object":
      return objectFrom(
        shape.fields.flatMap(({ name, required, shape: field }) =>
          required && startsFull(field) ? [[name, startValue(field)] as const] : [],
        ),
      );
    case "union": {
      const [first] = shape.branches;
      return first ? startValue(first) : null;
    }
    case "json":
      return null;
  }
}

/** Made without asking: containers and what has one value. A person fills in the rest. */
function startsFull(shape: Shape): boolean {
  return (
    shape.is === "fixed" ||
    shape.is === "object" ||
    shape.is === "map" ||
    shape.is === "list" ||
    shape.is === "tuple" ||
    (shape.is === "union" && shape.branches.every((branch) => branch.is === "object"))
  );
}

/** Which branch of a union a value belongs to, by its tag, else by its type; -1 when it fits none. */
export function branchOf(branches: readonly Shape[], value: Json | undefined): number {
  const tagged = branches.findIndex((branch) => isTagged(branch, value));
  return tagged >= 0 ? tagged : branches.findIndex((branch) => hasType(branch, value));
}

function isTagged(branch: Shape, value: Json | undefined): boolean {
  if (branch.is === "fixed") return branch.value === value;
  if (branch.is !== "object" || !isObject(value)) return false;
  const tags = branch.fields.filter((field) => field.shape.is === "fixed");
  return (
    tags.length > 0 && tags.every(({ name, shape }) => shape.is === "fixed" && value[name] === shape.value)
  );
}

function hasType(branch: Shape, value: Json | undefined): boolean {
  switch (branch.is) {
    case "text":
      return typeof value === "string";
    case "number":
      return typeof value === "number" || isExactNumber(value);
    case "boolean":
      return typeof value === "boolean";
    case "choice":
      return branch.options.some((option) => option === value);
    case "list":
    case "tuple":
      return Array.isArray(value);
    case "object":
    case "map":
      return isObject(value);
    case "json":
      return value !== undefined && value !== null;
    default:
      return false;
  }
}

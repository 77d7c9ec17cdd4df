import type { FieldError } from "@/api/ApiError";
import { isObject, type Json } from "@/api/exactJson";
import { toPointer } from "./pointer";
import type { Shape } from "./shape";
import { branchOf } from "./startValue";

/** The pointers of all fields that a form shows for a value: where an error can be told. '' is the form itself. */
export function placesOf(
  shape: Shape,
  value: Json | undefined,
  path: readonly (string | number)[] = [],
): string[] {
  const here = toPointer(path);
  switch (shape.is) {
    case "fixed":
      return [];
    case "object":
      return [
        here,
        ...shape.fields.flatMap((field) => {
          const own = isObject(value) && Object.hasOwn(value, field.name) ? value[field.name] : undefined;
          return placesOf(field.shape, own, [...path, field.name]);
        }),
      ];
    case "map":
      return [
        here,
        ...Object.entries(isObject(value) ? value : {}).flatMap(([name, item]) =>
          placesOf(shape.item, item, [...path, name]),
        ),
      ];
    case "list":
    case "tuple":
      return [
        here,
        ...(Array.isArray(value) ? value : []).flatMap((item, index) => {
          const each = shape.is === "list" ? shape.item : shape.items[index];
          return each ? placesOf(each, item, [...path, index]) : [];
        }),
      ];
    case "union": {
      const branch = shape.branches[Math.max(0, branchOf(shape.branches, value))];
      return branch ? [here, ...placesOf(branch, value, path)] : [here];
    }
    default:
      return [here];
  }
}

/** Each error at the field that it is about, or at the nearest one around that: none goes untold. The first one counts. */
export function placeErrors(errors: readonly FieldError[], places: readonly string[]): Map<string, string> {
  const known = new Set(places);
  const placed = new Map<string, string>();
  for (const { pointer, message } of errors) {
    let place = pointer;
    while (place !== "" && !known.has(place)) place = place.slice(0, place.lastIndexOf("/"));
    const rest = pointer.slice(place.length + 1);
    if (!placed.has(place)) placed.set(place, rest ? `${rest}: ${message}` : message);
  }
  return placed;
}

import { describe, expect, it } from "vitest";
import { parseExact } from "@/api/exactJson";
import { setIn, toPointer } from "./pointer";
import { type Schema, type Shape, shapeOf } from "./shape";
import { branchOf, startValue } from "./startValue";

const shape = (schema: Schema) => shapeOf(schema, schema);
const fields = (of: Shape) =>
  of.is === "object" ? Object.fromEntries(of.fields.map((field) => [field.name, field.shape])) : {};

describe("shapeOf", () => {
  it("follows $ref, and keeps what is said beside it", () => {
    const found = shape({
      type: "object",
      properties: { inner: { $ref: "#/$defs/In", description: "Beside" } },
      $defs: {
        In: { title: "In", description: "Of itself", type: "object", properties: { n: { type: "integer" } } },
      },
    });
    expect(fields(found).inner).toMatchObject({ is: "object", title: "In", description: "Beside" });
  });

  it("knows text, secrets, long text, numbers with their range, booleans", () => {
    const found = fields(
      shape({
        properties: {
          url: { type: "string", maxLength: 2048 },
          body: { type: "string" },
          key: { type: "string", writeOnly: true },
          seconds: { type: "number", exclusiveMinimum: 0, maximum: 300, default: 30 },
          times: { type: "integer", minimum: 1 },
          on: { type: "boolean", default: true },
        },
      }),
    );
    expect(found.url).toMatchObject({ is: "text", long: false });
    expect(found.body).toMatchObject({ is: "text", long: true });
    expect(found.key).toMatchObject({ is: "text", secret: true });
    expect(found.seconds).toMatchObject({
      is: "number",
      whole: false,
      range: "more than 0, 300 at most",
      fallback: 30,
    });
    expect(found.times).toMatchObject({ is: "number", whole: true, range: "1 or more" });
    expect(found.on).toMatchObject({ is: "boolean", fallback: true });
  });

  it("takes null out of a union, and a union of one away", () => {
    expect(shape({ anyOf: [{ type: "string" }, { type: "null" }], default: null })).toMatchObject({
      is: "text",
      nullable: true,
      fallback: null,
    });
    expect(shape({ type: ["integer", "null"] })).toMatchObject({ is: "number", nullable: true });
    expect(shape({ enum: ["a", "b", null] })).toMatchObject({
      is: "choice",
      options: ["a", "b"],
      nullable: true,
    });
  });

  it("makes one value fixed, several a choice", () => {
    expect(shape({ enum: ["card"] })).toMatchObject({ is: "fixed", value: "card" });
    expect(shape({ const: 7 })).toMatchObject({ is: "fixed", value: 7 });
    expect(shape({ enum: ["GET", "PUT"], default: "GET" })).toMatchObject({ is: "choice", fallback: "GET" });
  });

  it("tells lists, tuples, maps and plain objects apart", () => {
    expect(shape({ type: "array", items: { type: "string" }, minItems: 2 })).toMatchObject({
      is: "list",
      minItems: 2,
      item: { is: "text" },
    });
    expect(
      shape({ type: "array", prefixItems: [{ type: "integer" }, { type: "string" }], items: false }),
    ).toMatchObject({
      is: "tuple",
      items: [{ is: "number" }, { is: "text" }],
    });
    expect(shape({ type: "object", additionalProperties: { type: "string" } })).toMatchObject({
      is: "map",
      item: { is: "text" },
    });
    expect(shape({ type: "object" })).toMatchObject({ is: "json", word: "object" });
    expect(shape({})).toMatchObject({ is: "json" });
  });

  it("flattens a tagged union within an optional one, as msgspec writes it", () => {
    const found = shape({
      anyOf: [{ anyOf: [{ $ref: "#/$defs/A" }, { $ref: "#/$defs/B" }] }, { type: "null" }],
      $defs: {
        A: { title: "A", type: "object", properties: { type: { enum: ["a"] } }, required: ["type"] },
        B: { title: "B", type: "object", properties: { type: { enum: ["b"] } }, required: ["type"] },
      },
    });
    expect(found).toMatchObject({ is: "union", nullable: true, branches: [{ title: "A" }, { title: "B" }] });
  });

  it("folds allOf into one object", () => {
    const found = shape({
      allOf: [
        { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
        { properties: { b: { type: "integer" } } },
      ],
    });
    expect(found.is === "object" && found.fields.map(({ name, required }) => [name, required])).toEqual([
      ["a", true],
      ["b", false],
    ]);
  });

  it("ends where a schema holds itself", () => {
    const tree: Schema = {
      $ref: "#/$defs/Tree",
      $defs: { Tree: { type: "object", properties: { below: { $ref: "#/$defs/Tree" } } } },
    };
    let here: Shape | undefined = shape(tree);
    let depth = 0;
    while (here?.is === "object") {
      here = fields(here).below;
      depth += 1;
    }
    expect(here?.is).toBe("json");
    expect(depth).toBeLessThan(12);
  });
});

describe("startValue", () => {
  it("gives tags and empty containers, and leaves the rest to the person and the server", () => {
    const found = shape({
      type: "object",
      properties: {
        type: { enum: ["card"] },
        number: { type: "string" },
        lines: { type: "array", items: { type: "string" } },
        address: {
          type: "object",
          properties: { kind: { const: "home" }, street: { type: "string" } },
          required: ["kind", "street"],
        },
        method: { enum: ["GET", "PUT"], default: "GET" },
      },
      required: ["type", "number", "lines", "address"],
    });
    expect(startValue(found)).toEqual({ type: "card", lines: [], address: { kind: "home" } });
  });
});

describe("branchOf", () => {
  const union = shape({
    anyOf: [
      { type: "object", properties: { type: { enum: ["a"] } } },
      { type: "object", properties: { type: { enum: ["b"] } } },
      { type: "integer" },
      { type: "string" },
    ],
  });
  const branches = union.is === "union" ? union.branches : [];

  it.each([
    ['{"type": "b"}', 1],
    ["9007199254740993", 2],
    ['"x"', 3],
    ["true", -1],
    ["null", -1],
  ])("%s is branch %i", (text, expected) => {
    expect(branchOf(branches, parseExact(text))).toBe(expected);
  });
});

describe("setIn", () => {
  it("makes what is missing, takes away what is undefined, and changes nothing else", () => {
    const before = parseExact('{"a": {"b": [1, 2]}, "c": 9007199254740993}');
    const after = setIn(before, ["a", "b", 1], "x");
    expect(after).toMatchObject({ a: { b: [1, "x"] } });
    expect(before).toMatchObject({ a: { b: [1, 2] } });
    expect(setIn({ a: 1, b: 2 }, ["a"], undefined)).toEqual({ b: 2 });
    expect(setIn(undefined, ["x", "y"], 1)).toEqual({ x: { y: 1 } });
    expect(setIn({ list: ["p", "q", "r"] }, ["list", 1], undefined)).toEqual({ list: ["p", "r"] });
  });

  it("treats __proto__ as a field like any other", () => {
    const after = setIn({}, ["__proto__"], { polluted: true }) as object;
    expect(Object.keys(after)).toEqual(["__proto__"]);
    expect("polluted" in {}).toBe(false);
    expect((after as { polluted?: true }).polluted).toBeUndefined();
  });

  it("escapes pointers", () => {
    expect(toPointer(["a/b", 0, "~"])).toBe("/a~1b/0/~0");
  });
});

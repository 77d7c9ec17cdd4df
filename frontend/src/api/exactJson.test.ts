import { describe, expect, it } from "vitest";
import { isExactNumber, parseExact, stringifyExact } from "./exactJson";

describe("exact JSON", () => {
  it.each(["9007199254740993", "-0", "1.0", "1e400", "0.1234567890123456789", "12345678901234567890123"])(
    "keeps the digits of %s",
    (digits) => {
      const value = parseExact(`{"n": [${digits}]}`);
      expect(stringifyExact(value)).toBe(`{"n":[${digits}]}`);
      expect(isExactNumber((value as { n: unknown[] }).n[0])).toBe(true);
    },
  );

  it("leaves numbers plain that JavaScript can hold", () => {
    expect(parseExact("[0, -1, 1.5, 9007199254740991]")).toEqual([0, -1, 1.5, 9007199254740991]);
  });

  it("keeps a field called __proto__ a field", () => {
    const value = parseExact('{"__proto__": {"a": 1}}');
    expect(Object.keys(value as object)).toEqual(["__proto__"]);
    expect(stringifyExact(value)).toBe('{"__proto__":{"a":1}}');
  });

  it("writes what a request has, without what is undefined", () => {
    expect(stringifyExact({ kind: "demo.echo", queue: undefined, tags: ["a"] })).toBe(
      '{"kind":"demo.echo","tags":["a"]}',
    );
  });

  it("refuses what is no JSON", () => {
    expect(() => parseExact("{'a': 1}")).toThrow(SyntaxError);
    expect(() => parseExact('{"a": 1, "a": 2}')).toThrow(/Duplicate key/);
    expect(() => parseExact("[01]")).toThrow(SyntaxError);
  });
});

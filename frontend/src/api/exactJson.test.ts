import { describe, expect, it } from "vitest";
import { isExactNumber, parseAnswer, parseExact, stringifyExact } from "./exactJson";

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

  it("keeps the digits of people's JSON in an answer, and gives the server's numbers as numbers", () => {
    const answer = parseAnswer(
      '{"timeout_seconds": 600.0, "payload": {"n": 1.0}, "result": 9007199254740993, "items": [{"example": 1e400, "x": 2.0}]}',
    );
    expect(answer).toMatchObject({ timeout_seconds: 600, items: [{ x: 2 }] });
    expect(stringifyExact(answer)).toBe(
      '{"timeout_seconds":600,"payload":{"n":1.0},"result":9007199254740993,"items":[{"example":1e400,"x":2}]}',
    );
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

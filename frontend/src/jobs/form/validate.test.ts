import { describe, expect, it } from "vitest";
import { parseExact } from "@/api/exactJson";
import type { Schema } from "./shape";
import { validate } from "./validate";

const order: Schema = {
  $ref: "#/$defs/Order",
  $defs: {
    Card: {
      type: "object",
      properties: { type: { enum: ["card"] }, number: { type: "string", minLength: 4 } },
      required: ["type", "number"],
      additionalProperties: false,
    },
    Bank: {
      type: "object",
      properties: { type: { enum: ["bank"] }, iban: { type: "string" } },
      required: ["type", "iban"],
      additionalProperties: false,
    },
    Order: {
      type: "object",
      properties: {
        url: { type: "string", pattern: "^https?://" },
        amount: { type: "integer", minimum: 1, maximum: 10 },
        pay: { anyOf: [{ $ref: "#/$defs/Card" }, { $ref: "#/$defs/Bank" }] },
        note: { anyOf: [{ type: "string" }, { type: "null" }], default: null },
        email: { type: "string", format: "email" },
        "a/b": { type: "array", items: { type: "number" }, maxItems: 2 },
        method: { enum: ["GET", "PUT"] },
      },
      required: ["url"],
      additionalProperties: false,
    },
  },
};

const errors = (text: string) =>
  Object.fromEntries(validate(order, parseExact(text)).map(({ pointer, message }) => [pointer, message]));

describe("validate", () => {
  it("passes what the schema allows, also null where it may be and big numbers where no range is", () => {
    expect(
      errors('{"url": "https://a", "amount": 3, "note": null, "pay": {"type": "bank", "iban": "x"}}'),
    ).toEqual({});
    expect(validate({ type: "integer" }, parseExact("9007199254740993"))).toEqual([]);
  });

  it("names the missing field, not the object", () => {
    expect(errors("{}")).toEqual({ "/url": "Required." });
  });

  it("says each rule in words, at its place, with pointers escaped", () => {
    expect(
      errors('{"url": "ftp://a", "amount": 11, "email": "x", "a/b": [1, "2"], "method": "POST", "wrong": 1}'),
    ).toEqual({
      "/url": "Must match ^https?://",
      "/amount": "Must be 10 or less.",
      "/email": "Must be an email address.",
      "/a~1b/1": "Must be a number.",
      "/method": 'Must be one of "GET", "PUT".',
      "/wrong": "Is not a known field.",
    });
    expect(errors('{"url": "http://a", "amount": 1.5, "a/b": [1, 2, 3]}')).toEqual({
      "/amount": "Must be a whole number.",
      "/a~1b": "Must have 2 items or fewer.",
    });
  });

  it("judges a union by the branch that its tag names", () => {
    expect(errors('{"url": "http://a", "pay": {"type": "card", "number": "12", "iban": 3}}')).toEqual({
      "/pay/number": "Must have 4 characters or more.",
      "/pay/iban": "Is not a known field.",
    });
    expect(errors('{"url": "http://a", "pay": {"type": "bank"}}')).toEqual({ "/pay/iban": "Required." });
  });

  it("says what a union can be when nothing fits", () => {
    expect(errors('{"url": "http://a", "note": 5, "pay": 7}')).toEqual({
      "/note": "Must be text or null.",
      "/pay": "Is none of the things that it can be.",
    });
  });

  it("lets a pattern pass that is none in JavaScript", () => {
    expect(validate({ type: "string", pattern: "(?P<year>\\d+)" }, "x")).toEqual([]);
  });
});

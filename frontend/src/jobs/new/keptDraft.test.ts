import { describe, expect, it } from "vitest";
import { type Json, parseExact, stringifyExact } from "@/api/exactJson";
import type { Kind } from "@/api/types";
import { type Schema, shapeOf } from "../form/shape";
import { EMPTY_DRAFT } from "./draft";
import { keptText, restored, withoutSecrets } from "./keptDraft";

const BIG = "9007199254740993";
const SCHEMA: Schema = {
  type: "object",
  properties: {
    url: { type: "string" },
    token: { type: "string", writeOnly: true },
    times: { type: "integer" },
    tokens: { type: "object", additionalProperties: { type: "string", writeOnly: true } },
    steps: {
      type: "array",
      items: {
        type: "object",
        properties: { key: { type: "string", writeOnly: true }, n: { type: "integer" } },
      },
    },
  },
};
const KIND = { kind: "hook", payload_schema: SCHEMA } as unknown as Kind;
const TYPED = { mode: "json" as const, text: '{"url": s3cret', broken: { "": { message: "Line 1." } } };
const PLAIN = {
  kind: "plain",
  payload_schema: { type: "object", properties: { any: {} } },
} as unknown as Kind;
const kept = (payload: Json, from: string | null = null) => ({
  from,
  kind: "hook",
  draft: { ...EMPTY_DRAFT, payload, priority: "high" as const },
  typed: TYPED,
});

describe("a draft that is kept", () => {
  it("comes back as it was, every digit of it, and without its secrets", () => {
    const payload = parseExact(`{"url": "u", "token": "s3cret", "times": ${BIG}}`);
    const text = keptText(kept(payload), KIND, EMPTY_DRAFT);
    expect(text).not.toContain("s3cret");
    const back = restored(text, undefined, undefined);
    expect(back).toMatchObject({ kind: "hook", draft: { priority: "high" } });
    expect(stringifyExact(back?.draft.payload ?? null)).toBe(`{"url":"u","times":${BIG}}`);
  });

  it("has what is no JSON yet as it was typed, but not where it may hold a secret", () => {
    const text = keptText(kept({}), PLAIN, EMPTY_DRAFT);
    expect(restored(text, undefined, undefined)?.typed).toEqual(TYPED);
    const untouched = { from: null, kind: "plain", draft: EMPTY_DRAFT, typed: TYPED };
    expect(keptText(untouched, PLAIN, EMPTY_DRAFT)).not.toBeNull();
    expect(keptText(untouched, KIND, EMPTY_DRAFT)).toBeNull();
    expect(restored(keptText(kept({}), KIND, EMPTY_DRAFT), undefined, undefined)?.typed).toBeNull();
  });

  it("is none while nobody has touched the form", () => {
    expect(keptText({ ...kept({}), draft: EMPTY_DRAFT }, KIND, EMPTY_DRAFT)).toBeNull();
  });

  it("is shown for its own kind, for none in particular, and for the copy that it was", () => {
    const text = keptText(kept({ url: "u" }), KIND, EMPTY_DRAFT);
    expect(restored(text, undefined, "hook")).not.toBeNull();
    expect(restored(text, undefined, "another")).toBeNull();
    expect(restored(text, "job1", undefined)).toBeNull();
    const copy = keptText(kept({ url: "u" }, "job1"), KIND, EMPTY_DRAFT);
    expect(restored(copy, "job1", undefined)).not.toBeNull();
    expect(restored(copy, "job2", undefined)).toBeNull();
    expect(restored(copy, undefined, undefined)).toBeNull();
  });

  it.each([null, "", "not json", "[]", '{"kind": 1, "draft": {}}', '{"kind": "k"}'])(
    "is none in %j",
    (text) => {
      expect(restored(text, undefined, undefined)).toBeNull();
    },
  );

  it("takes from another release only what it knows", () => {
    const back = restored('{"kind": "k", "draft": {"tags": "a", "amount": 7, "gone": "x"}}', undefined, "k");
    expect(back?.draft).toEqual({ ...EMPTY_DRAFT, tags: "a" });
  });
});

describe("a payload without its secrets", () => {
  it("keeps the stars of a copy, which stand for what the server has", () => {
    expect(withoutSecrets(shapeOf(SCHEMA, SCHEMA), { token: "***" })).toEqual({ token: "***" });
  });

  it("has none in maps and lists either", () => {
    const value = { tokens: { a: "s" }, steps: [{ key: "s", n: 1 }], other: "kept" };
    expect(withoutSecrets(shapeOf(SCHEMA, SCHEMA), value)).toEqual({
      tokens: {},
      steps: [{ n: 1 }],
      other: "kept",
    });
  });
});

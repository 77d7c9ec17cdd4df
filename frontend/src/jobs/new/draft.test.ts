import { describe, expect, it } from "vitest";
import type { Kind } from "@/api/types";
import { jobWith } from "../jobFixtures";
import { type Draft, draftFrom, EMPTY_DRAFT, optionsText, requestOf, tagsOf } from "./draft";

const KIND = {
  kind: "demo.echo",
  defaults: {
    max_attempts: 5,
    timeout_seconds: 600,
    backoff: { strategy: "exponential", base_seconds: 5, max_seconds: 3_600 },
  },
} as Kind;
const request = (part: Partial<Draft>) => requestOf("demo.echo", { ...EMPTY_DRAFT, ...part });
const errors = (part: Partial<Draft>) => request(part).errors.map(({ pointer }) => pointer);

describe("the request of a draft", () => {
  it("says only what was said", () => {
    expect(request({ payload: { value: 1 } })).toEqual({
      body: { kind: "demo.echo", payload: { value: 1 } },
      errors: [],
    });
  });

  it("says everything that was", () => {
    const { body } = request({
      priority: "high",
      queue: " reports ",
      when: "in",
      amount: "1.5",
      unit: "h",
      maxAttempts: "1",
      timeout: "30",
      strategy: "fixed",
      baseSeconds: "2",
      tags: "a, b,, a",
      uniqueKey: "k",
    });
    expect(body).toEqual({
      kind: "demo.echo",
      payload: {},
      priority: "high",
      queue: "reports",
      delay_seconds: 5_400,
      max_attempts: 1,
      timeout_seconds: 30,
      backoff: { strategy: "fixed", base_seconds: 2 },
      tags: ["a", "b"],
      unique_key: "k",
    });
  });

  it("gives a time with its offset from UTC", () => {
    const { body } = request({ when: "at", at: "2026-11-24T15:00" });
    expect(Date.parse(body.run_at ?? "")).toBe(new Date(2026, 10, 24, 15, 0).getTime());
    expect(body.run_at).toMatch(/Z$/);
  });

  it.each<[Partial<Draft>, string]>([
    [{ when: "in", amount: "" }, "/delay_seconds"],
    [{ when: "in", amount: "soon" }, "/delay_seconds"],
    [{ when: "in", amount: "400", unit: "d" }, "/delay_seconds"],
    [{ when: "at", at: "" }, "/run_at"],
    [{ queue: "No Spaces" }, "/queue"],
    [{ maxAttempts: "0" }, "/max_attempts"],
    [{ maxAttempts: "1.5" }, "/max_attempts"],
    [{ timeout: "90000" }, "/timeout_seconds"],
    [{ baseSeconds: "-1" }, "/backoff/base_seconds"],
    [{ tags: "x".repeat(65) }, "/tags"],
    [{ tags: Array.from({ length: 21 }, (_, n) => n).join() }, "/tags"],
  ])("%o is wrong at %s", (part, pointer) => {
    expect(errors(part)).toEqual([pointer]);
  });

  it("takes tags apart at commas", () => {
    expect(tagsOf(" a ,b c,, a")).toEqual(["a", "b c"]);
  });
});

describe("a copy of a job", () => {
  it("takes what differs from the kind's defaults, and not the unique key", () => {
    const job = jobWith({
      payload: { value: 1 },
      priority: "low",
      queue: "reports",
      max_attempts: 1,
      timeout_seconds: 600,
      tags: ["a", "b"],
      unique_key: "once",
    });
    const draft = draftFrom(job, KIND);
    expect(requestOf("demo.echo", draft).body).toEqual({
      kind: "demo.echo",
      payload: { value: 1 },
      priority: "low",
      queue: "reports",
      max_attempts: 1,
      tags: ["a", "b"],
    });
    expect(optionsText(draft, KIND).replaceAll("\u00a0", " ")).toBe(
      "queue reports, 1 attempt, exponential backoff from 5 s, timeout 10 min, 2 tags",
    );
  });
});

import { describe, expect, it } from "vitest";
import { sampleJob } from "@/testJob";
import { matches } from "./jobs";

const job = sampleJob({
  kind: "http.request",
  tags: ["Month-End"],
  error: { type: "Boom", message: "no route to Host" },
  batch_id: "b1",
  created_at: "2026-11-24T14:00:00.500000Z",
});

describe("matches", () => {
  it("searches as the server does: the beginning of an id, part of a kind, a tag, an error", () => {
    for (const q of [job.id.slice(0, 12), "p.req", "month", " TO HOST "])
      expect(matches(job, { q })).toBe(true);
    for (const q of [job.id.slice(3, 12), "Boom", "nothing"]) expect(matches(job, { q })).toBe(false);
  });

  it("compares times: from the first on, before the second", () => {
    expect(matches(job, { created_after: "2026-11-24T14:00:00.500Z" })).toBe(true);
    expect(matches(job, { created_before: "2026-11-24T14:00:00.500Z" })).toBe(false);
    expect(matches(job, { created_after: "2026-11-24T14:00:01Z" })).toBe(false);
  });

  it("knows a batch, and not which error a job shares with others", () => {
    expect(matches(job, { batch_id: ["b1"] })).toBe(true);
    expect(matches(job, { batch_id: ["b2"] })).toBe(false);
    expect(matches(job, { fingerprint: ["0123456789abcdef"] })).toBe(false);
  });
});

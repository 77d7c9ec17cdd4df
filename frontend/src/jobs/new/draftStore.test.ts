import { beforeEach, describe, expect, it, vi } from "vitest";
import { TabMemory } from "@/live/seen";
import { sampleEvent, sampleJob } from "@/testJob";
import { forgetDrafts, readDraft, writeDraft } from "./draftStore";

describe("what is forgotten with who signs out", () => {
  beforeEach(() => sessionStorage.clear());

  it("is the half-filled form, and what was still to be told of jobs", () => {
    vi.useFakeTimers();
    writeDraft("u1", "{}");
    const memory = new TabMemory("u1");
    memory.held = [sampleEvent("failed", sampleJob())];
    memory.cursor = "after-e1";
    memory.flush();
    forgetDrafts();
    vi.runAllTimers();
    vi.useRealTimers();
    expect(readDraft("u1")).toBeNull();
    expect(new TabMemory("u1")).toMatchObject({ held: [], cursor: "after-e1" });
  });
});

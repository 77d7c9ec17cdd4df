import { describe, expect, it } from "vitest";
import type { AuditLine } from "@/api/audit";
import { actionWord, actorText, detailText, onWhom } from "./auditText";
import { auditFilters, auditSearch, isNarrowed } from "./search";

const ANA = "01a20ddc-c067-7b34-be99-2334e55b0001";
const BEN = "01a20ddc-c067-7b34-be99-2334e55b0002";

const line = (part: Partial<AuditLine> = {}): AuditLine => ({
  id: "01a20ddc-c067-7b34-be99-2334e55be19a",
  at: "2026-11-24T12:00:00Z",
  action: "signed_in",
  actor: { kind: "user", id: ANA, name: "ana@example.org" },
  owner_id: ANA,
  owner_name: "ana@example.org",
  target: { kind: "session", id: null },
  address: "192.0.2.1",
  request_id: null,
  detail: {},
  ...part,
});

describe("a line of the trail in words", () => {
  it("names who did it, by what right", () => {
    expect(actorText(line())).toBe("ana@example.org");
    expect(actorText(line({ actor: { kind: "user", id: ANA, name: null } }))).toBe("A user who is gone");
    expect(actorText(line({ actor: { kind: "api_key", id: BEN, name: "deploy" } }))).toBe("API key “deploy”");
    expect(actorText(line({ actor: { kind: "anonymous", id: null, name: null } }))).toContain(
      "not signed in",
    );
  });

  it("names whose account it was done to, where that is another's", () => {
    expect(onWhom(line())).toBeNull();
    expect(onWhom(line({ owner_id: BEN, owner_name: "ben@example.org" }))).toBe("ben@example.org");
    expect(onWhom(line({ owner_id: null, owner_name: null }))).toBeNull();
  });

  it("tells what the detail holds, and leaves out what says nothing", () => {
    expect(detailText(line({ action: "role_changed", detail: { from: "user", to: "admin" } }))).toBe(
      "from user to admin",
    );
    expect(detailText(line({ action: "jobs_retried", detail: { changed: 1_204, skipped: 0 } }))).toBe(
      "1,204 changed",
    );
    expect(detailText(line())).toBe("");
  });

  it("shows an action that it does not know by its name, and no letter that turns others around", () => {
    expect(actionWord("queue_paused")).toBe("queue paused");
    expect(actionWord("a\u202eb")).toBe("a\\u202eb");
    expect(actorText(line({ actor: { kind: "api_key", id: ANA, name: "x\u202ey" } }))).toBe(
      "API key “x\\u202ey”",
    );
  });
});

describe("what narrows the trail", () => {
  it("is taken from the address, without what is not of it", () => {
    expect(auditSearch({ action: ["signed_in", "nonsense"], actor: "me", since: "8d" })).toEqual({
      action: ["signed_in"],
    });
    expect(auditSearch({ action: "key_made", actor: ANA, since: "7d" })).toEqual({
      action: ["key_made"],
      actor: ANA,
      since: "7d",
    });
    expect(isNarrowed(auditSearch({ q: "x" }))).toBe(false);
  });

  it("counts since when from a whole minute", () => {
    const noon = Date.parse("2026-11-24T12:00:41Z");
    expect(auditFilters({ since: "24h" }, noon)).toEqual({ after: "2026-11-23T12:00:00.000Z" });
    expect(auditFilters({ actor: ANA, action: ["signed_up"] }, noon)).toEqual({
      actor_id: ANA,
      action: ["signed_up"],
    });
  });
});

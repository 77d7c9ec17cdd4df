import { describe, expect, it } from "vitest";
import { parseSearch, stringifySearch } from "@/searchParams";
import { hasFilters, type JobsSearch, jobsSearch, noMatchTitle, withValues } from "./filters";

const fromUrl = (url: string) => jobsSearch(parseSearch(url));

describe("filters and the URL", () => {
  it.each<[string, JobsSearch]>([
    ["", {}],
    ["?state=failed", { state: ["failed"] }],
    [
      "?state=failed&state=running&kind=http.request",
      { state: ["running", "failed"], kind: ["http.request"] },
    ],
    ["?priority=low&priority=high", { priority: ["high", "low"] }],
    ["?queue=reports&tag=month-end&tag=a%26b", { queue: ["reports"], tag: ["a&b", "month-end"] }],
  ])("reads %s, and writes it back to the same filters", (url, filters) => {
    expect(fromUrl(url)).toEqual(filters);
    expect(fromUrl(stringifySearch({ ...filters }))).toEqual(filters);
  });

  it("ignores what is no filter: unknown names and states, empty and overlong values", () => {
    expect(fromUrl(`?state=gone&order=oldest&kind=&tag=%20&queue=${"q".repeat(65)}`)).toEqual({});
  });

  it("keeps a tag that looks like a number a text", () => {
    expect(fromUrl("?tag=2026&tag=true")).toEqual({ tag: ["2026", "true"] });
  });

  it("is the same whatever the order and however often a value is given", () => {
    expect(fromUrl("?kind=b&kind=a&kind=b")).toEqual(fromUrl("?kind=a&kind=b"));
    expect(JSON.stringify(fromUrl("?tag=x&state=failed"))).toBe(
      JSON.stringify(fromUrl("?state=failed&tag=x")),
    );
  });

  it("adds and takes away one field's values", () => {
    const failed = withValues({}, "state", ["failed"]);
    expect(withValues(failed, "kind", ["demo.echo"])).toEqual({ state: ["failed"], kind: ["demo.echo"] });
    expect(withValues(failed, "state", [])).toEqual({});
    expect(hasFilters({})).toBe(false);
    expect(hasFilters(failed)).toBe(true);
  });

  it("says what was asked for when nothing matches", () => {
    expect(noMatchTitle({ state: ["failed"], kind: ["email.send"], queue: ["mail"] })).toBe(
      "No failed email.send jobs in queue mail",
    );
    expect(noMatchTitle({ state: ["failed", "running"] })).toBe("No jobs match these filters");
  });
});

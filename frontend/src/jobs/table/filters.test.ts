import { describe, expect, it } from "vitest";
import { parseSearch, stringifySearch } from "@/searchParams";
import {
  filtersOf,
  hasFilters,
  type JobsSearch,
  jobsSearch,
  noMatchTitle,
  valueWords,
  withOrder,
  withText,
  withTimes,
  withValues,
} from "./filters";

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
    ["?q=no+route&since=24h", { q: "no route", since: "24h" }],
    [
      "?created_after=2026-11-24T15:00:00%2B01:00&batch_id=01a20ddc-c067-7b34-be99-2334e55be19a",
      {
        batch_id: ["01a20ddc-c067-7b34-be99-2334e55be19a"],
        created_after: "2026-11-24T14:00:00.000Z",
      },
    ],
    ["?order=oldest&kind=demo.echo", { kind: ["demo.echo"], order: "oldest" }],
    ["?order=next&state=failed&state=pending", { state: ["pending", "failed"], order: "next" }],
    ["?queue=reports&tag=month-end&tag=a%26b", { queue: ["reports"], tag: ["a&b", "month-end"] }],
  ])("reads %s, and writes it back to the same filters", (url, filters) => {
    expect(fromUrl(url)).toEqual(filters);
    expect(fromUrl(stringifySearch({ ...filters }))).toEqual(filters);
  });

  it("ignores what is no filter: unknown names and states, empty and overlong values", () => {
    expect(fromUrl(`?state=gone&order=newest&kind=&tag=%20&queue=${"q".repeat(65)}`)).toEqual({});
  });

  it("knows no next among jobs that do not wait", () => {
    expect(fromUrl("?order=next&state=failed")).toEqual({ state: ["failed"] });
    expect(withValues({ order: "next" }, "state", ["completed"])).toEqual({ state: ["completed"] });
    expect(fromUrl("?order=last")).toEqual({});
  });

  it("asks for those that wait where the next come first: they are what is counted and acted on", () => {
    expect(filtersOf({ order: "next" }, 0)).toEqual({ state: ["scheduled", "pending", "retrying"] });
    expect(filtersOf({ order: "next", state: ["failed", "pending"] }, 0)).toEqual({ state: ["pending"] });
    expect(filtersOf({ order: "oldest", state: ["failed"] }, 0)).toEqual({ state: ["failed"] });
  });

  it("is not narrowed by its order", () => {
    expect(withOrder({ kind: ["a"] }, "oldest")).toEqual({ kind: ["a"], order: "oldest" });
    expect(withOrder({ order: "oldest" }, "newest")).toEqual({});
    expect(hasFilters({ order: "next" })).toBe(false);
  });

  it("ignores ids, groups and times that are none: the server would refuse them", () => {
    expect(fromUrl("?batch_id=x&fingerprint=zz&since=2y&created_before=soon&q=%20")).toEqual({});
    expect(fromUrl("?since=1h&created_after=2026-11-24T14:00:00Z")).toEqual({ since: "1h" });
  });

  it("counts 'the last 24 h' from the minute that one looks", () => {
    const now = Date.parse("2026-11-24T14:07:31Z");
    expect(filtersOf({ since: "24h", kind: ["a"] }, now)).toEqual({
      kind: ["a"],
      created_after: "2026-11-23T14:07:00.000Z",
    });
    expect(filtersOf({ q: "x" }, now)).toEqual({ q: "x" });
  });

  it("changes the text and the times", () => {
    const lately = withTimes(withText({}, " boom "), { since: "7d" });
    expect(lately).toEqual({ q: "boom", since: "7d" });
    expect(withText(withTimes(lately, {}), "")).toEqual({});
  });

  it("shows a tag that turns the letters around as it is", () => {
    expect(valueWords("tag", ["a\u202eb"])).toEqual(["a\\u202eb"]);
    expect(valueWords("fingerprint", ["0123456789abcdef"])).toEqual(["…abcdef"]);
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
    expect(noMatchTitle({ q: "boom", since: "7d" })).toBe("No jobs with “boom” in the last 7 days");
    expect(noMatchTitle({ created_after: "2026-11-24T14:00:00.000Z" })).toBe("No jobs match these filters");
  });
});

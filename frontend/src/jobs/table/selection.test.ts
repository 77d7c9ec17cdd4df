import { describe, expect, it } from "vitest";
import { extendTo, keepOnly, NOTHING_PICKED, toggle, toggleAll } from "./selection";

const ORDER = ["a", "b", "c", "d", "e"];
const ids = (selection: { ids: ReadonlySet<string> }) => [...selection.ids].sort().join("");

describe("picking rows", () => {
  it("picks and unpicks one", () => {
    const one = toggle(NOTHING_PICKED, "b");
    expect(ids(one)).toBe("b");
    expect(ids(toggle(one, "b"))).toBe("");
  });

  it("picks a range down and up, from where the last single pick was", () => {
    const from = toggle(NOTHING_PICKED, "c");
    expect(ids(extendTo(from, ORDER, "e"))).toBe("cde");
    expect(ids(extendTo(from, ORDER, "a"))).toBe("abc");
    expect(ids(extendTo(extendTo(from, ORDER, "e"), ORDER, "b"))).toBe("bcde");
  });

  it("keeps what was picked before a range, and takes one pick when there is nothing to begin from", () => {
    const two = toggle(toggle(NOTHING_PICKED, "a"), "d");
    expect(ids(extendTo(two, ORDER, "e"))).toBe("ade");
    expect(ids(extendTo(NOTHING_PICKED, ORDER, "d"))).toBe("d");
    expect(ids(keepOnly(extendTo(toggle(NOTHING_PICKED, "gone"), ORDER, "b"), ORDER))).toBe("b");
  });

  it("picks all, and none when all are picked", () => {
    const all = toggleAll(toggle(NOTHING_PICKED, "a"), ORDER);
    expect(ids(all)).toBe("abcde");
    expect(ids(toggleAll(all, ORDER))).toBe("");
  });

  it("forgets rows that are gone", () => {
    const two = toggle(toggle(NOTHING_PICKED, "a"), "e");
    expect(ids(keepOnly(two, ["a", "b"]))).toBe("a");
    expect(keepOnly(two, ORDER)).toBe(two);
  });
});

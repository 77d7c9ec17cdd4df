import { describe, expect, it } from "vitest";
import { visible } from "./visible";

describe("visible", () => {
  it("writes out what turns letters around or is not seen", () => {
    expect(visible("invoice\u202efdp.exe")).toBe("invoice\\u202efdp.exe");
    expect(visible("a\u2066b\u2069\u200bc\u0007\r\n")).toBe("a\\u2066b\\u2069\\u200bc\\u0007\\u000d\n");
  });

  it("leaves words of every script, emoji and lines as they are", () => {
    const text = "Zürich 北京 שלום 👩‍🔧\n\tdone";
    expect(visible(text)).toBe(text);
  });
});

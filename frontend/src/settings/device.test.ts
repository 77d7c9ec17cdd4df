import { describe, expect, it } from "vitest";
import { deviceName, isPhone } from "./device";

const CHROME =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36";
const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";

describe("the name of a device", () => {
  it.each([
    [CHROME, "Chrome on Linux"],
    [`${CHROME} Edg/130.0.0.0`, "Edge on Linux"],
    [IPHONE, "Safari on iPhone"],
    [
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0",
      "Firefox on Windows",
    ],
    ["curl/8.9.1", "curl"],
    ["", "Unknown device"],
    ["my own program", "my own program"],
    ["x".repeat(60), `${"x".repeat(39)}…`],
  ])("of %j is %s", (userAgent, name) => {
    expect(deviceName(userAgent)).toBe(name);
  });

  it("tells a phone", () => {
    expect([isPhone(IPHONE), isPhone(CHROME)]).toEqual([true, false]);
  });
});

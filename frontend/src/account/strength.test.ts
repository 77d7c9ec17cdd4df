import { describe, expect, it } from "vitest";
import { passwordStrength } from "./strength";

describe("password strength", () => {
  it.each([
    ["", 0],
    ["short", 1],
    ["aaaaaaaaaaaaaaaa", 1],
    ["mara@example.org", 1],
    ["correcthors", 2],
    ["four plain words", 3],
    ["four plain words and more", 4],
    ["x".repeat(73), 0],
    ["🐎".repeat(19), 0],
  ])("scores %j %i", (password, score) => {
    expect(passwordStrength(password, "Mara@example.org").score).toBe(score);
  });

  it("says how many characters are missing", () => {
    expect(passwordStrength("seven77", "").hint).toBe("3 more to go. 10 at least.");
  });
});

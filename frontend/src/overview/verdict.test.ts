import { describe, expect, it } from "vitest";
import { sampleBucket } from "./statsFixtures";
import { isItKeepingUp } from "./verdict";

const plain = (text: string) => text.replaceAll("\u00a0", " ");
/** An hour of minutes with this much coming and ending in each, but for the one that still fills. */
const hour = (submitted: number, completed: number) => [
  ...Array.from({ length: 59 }, (_, at) => sampleBucket({ at, submitted, completed })),
  sampleBucket({ at: 59 }),
];
const told = (pending: number, oldestMs: number | null, came: number, ended: number) => {
  const { tone, title, text } = isItKeepingUp({ pending, atLeast: false, oldestMs }, hour(came, ended));
  return plain(`${tone}: ${title} ${text}`);
};

describe("is it keeping up?", () => {
  it.each([
    [0, null, 0, 0, "completed: Keeping up. Nothing waits in line."],
    [3, 12_000, 90, 10, "completed: Keeping up. 3 jobs wait, the oldest for 12 s."],
    [
      97,
      180_000,
      40,
      31,
      "failed: Falling behind. 97 jobs wait, the oldest for 3 m 00 s. 31 a minute end, 40 come.",
    ],
    [
      90,
      180_000,
      31,
      40,
      "retrying: Catching up. 90 jobs wait, the oldest for 3 m 00 s. 40 a minute end, 31 come. The line is gone in about 10 m.",
    ],
    [
      20,
      60_000,
      4.2,
      4.2,
      "retrying: Holding. 20 jobs wait, the oldest for 1 m 00 s. As many end as come: 4.2 a minute.",
    ],
    [
      1,
      3_600_000,
      0,
      0,
      "failed: Standing still. 1 job waits, the oldest for 1 h 00 m. None has ended for 10 m 00 s.",
    ],
    [
      1,
      60_000,
      1,
      0,
      "failed: Standing still. 1 job waits, the oldest for 1 m 00 s. None has ended for 1 m 00 s.",
    ],
  ])("%i wait, the oldest for %s ms, %f come and %f end", (pending, oldest, came, ended, text) => {
    expect(told(pending, oldest, came, ended)).toBe(text);
  });

  it("does not know how long they wait where nobody tells, and says so by leaving it out", () => {
    expect(told(5, null, 10, 1)).toBe("failed: Falling behind. 5 jobs wait. 1 a minute end, 10 come.");
  });

  it("has no minutes to look at yet", () => {
    const verdict = isItKeepingUp({ pending: 100_000, atLeast: true, oldestMs: 90_000 }, []);
    expect(plain(verdict.text)).toContain("100,000 or more jobs wait");
  });
});

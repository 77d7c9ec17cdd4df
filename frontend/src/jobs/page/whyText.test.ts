import { describe, expect, it } from "vitest";
import type { WhyWaiting } from "@/api/types";
import { at, jobWith, NOON } from "../jobFixtures";
import { whyText } from "./whyText";

const later = NOON + 60_000;
const plain = (text: string) => text.replaceAll("\u00a0", " ");
const why = (part: Parameters<typeof jobWith>[0], waiting?: WhyWaiting) => {
  const { title, detail, stuck } = whyText(jobWith(part), waiting, later);
  return { title: plain(title), detail: plain(detail), stuck };
};

const waitingFor = (reason: WhyWaiting["reason"], part: Partial<WhyWaiting> = {}): WhyWaiting => ({
  reason,
  detail: "It waits.",
  ahead: { mine: 0, all: null },
  expected_start_at: null,
  ...part,
});

describe("whyText", () => {
  it("says that nobody will run it", () => {
    expect(why({ kind: "invoice.render" }, waitingFor("no_worker_for_kind"))).toMatchObject({
      title: "Nothing will happen: no worker runs invoice.render now.",
      stuck: true,
    });
    expect(why({}).stuck).toBe(false);
  });

  it("says how many are ahead, of whom, and about when it starts", () => {
    const turn = (mine: number, all: number | null, at: string | null = null) =>
      why({}, waitingFor("waiting_turn", { ahead: { mine, all }, expected_start_at: at }));
    expect(turn(1, 2, at(180)).title).toBe("2 jobs are ahead of it in queue default.");
    expect(turn(1, 2, at(180)).detail).toMatch(/with medium priority\. It should start about \d\d:\d\d\.$/);
    expect(turn(1, null).title).toBe("1 of your jobs is ahead of it in queue default.");
    expect(turn(1_000, 1_000).title).toBe("1,000 or more jobs are ahead of it in queue default.");
    expect(turn(0, 0).title).toBe("It is next in queue default.");
    expect(turn(0, null).title).toBe("Waits for its turn in queue default.");
  });

  it("says what holds it, in the server's words where they are the best", () => {
    expect(why({ queue: "mail" }, waitingFor("queue_paused")).title).toBe("Queue mail is paused.");
    expect(
      why({}, waitingFor("held", { detail: "It is held: its owner's account is disabled." })).title,
    ).toBe("It is held: its owner's account is disabled.");
  });

  it("says for how long it has been in line, and that its worker was lost", () => {
    expect(why({ crashes: 2 }).detail).toBe(
      "Its worker was lost 2 times. In line for 1 m, with medium priority.",
    );
  });

  it("says when a scheduled or retrying job starts", () => {
    expect(why({ state: "scheduled", run_at: at(60 + 52 * 60) }).title).toMatch(
      /^Starts in 52 m, at \d\d:\d\d\.$/,
    );
    expect(why({ state: "scheduled", after: ["a", "b"] }).title).toBe("Waits for 2 other jobs to end.");
    expect(
      why({
        state: "retrying",
        attempt: 3,
        run_at: at(101),
        error: { type: "Timeout", message: "too slow" },
      }),
    ).toEqual({
      title: "Attempt 4 of 5 starts in 41 s.",
      detail: "The last attempt ended with Timeout: too slow.",
      stuck: false,
    });
  });

  it("says where it runs, how far it is, and about how long it will take", () => {
    expect(
      why({
        state: "running",
        attempt: 2,
        worker: "w1",
        started_at: at(0),
        progress: { fraction: 0.5, message: "page 5 of 10" },
      }),
    ).toMatchObject({
      title: "Running on w1, page 5 of 10. About 1 min left.",
      detail: "Attempt 2 of 5. It may take 10 min.",
    });
    expect(why({ state: "running", cancel_requested: true }).title).toBe("Asked to stop.");
  });

  it("says why it failed and whether all attempts are used", () => {
    const error = { type: "ConnectTimeout", message: "no answer in 30 s\nsecond line" };
    expect(why({ state: "failed", attempt: 5, error })).toMatchObject({
      title: "Failed for good: no answer in 30 s.",
      detail: "ConnectTimeout. All 5 attempts are used.",
    });
    expect(why({ state: "failed", attempt: 1, error }).detail).toBe(
      "ConnectTimeout. It was not worth another attempt: 1 of 5 used.",
    );
    expect(why({ state: "failed", attempt: 1, max_attempts: 1, error: null }).title).toBe(
      "Failed for good: no reason given.",
    );
  });

  it("says how it ended", () => {
    expect(why({ state: "completed", attempt: 2, started_at: at(0), finished_at: at(90) }).title).toBe(
      "Completed in 1 m 30 s, at attempt 2 of 5.",
    );
    expect(why({ state: "cancelled", finished_at: at(5) }).title).toBe("Cancelled before it started.");
  });
});

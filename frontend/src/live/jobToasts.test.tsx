import { act, render, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sampleEvent, sampleJob } from "@/testJob";

/** What sonner was told to show, by id: the last picture of each toast that has not been closed. */
const shown = vi.hoisted(() => new Map<string, React.ReactElement>());
vi.mock("sonner", () => ({
  Toaster: () => null,
  toast: {
    custom: (jsx: () => React.ReactElement, { id }: { id: string }) => shown.set(id, jsx()),
    dismiss: (id: string) => shown.delete(id),
  },
}));
vi.mock("@/jobs/JobToastActions", () => ({
  JobToastActions: () => <button type="button">Retry</button>,
  FoldedToastActions: ({ state }: { state: string }) => <a href={`/jobs?state=${state}`}>Open</a>,
  JobLink: ({ jobId, children }: { jobId: string; children: React.ReactNode }) => (
    <a href={`/jobs/${jobId}`}>{children}</a>
  ),
}));

import { closeToast } from "@/ui/Toasts";
import { createJobToasts, FOLD_SHOWN_EVERY_MS } from "./jobToasts";
import { noteLookedAt } from "./lookedAt";
import { TabMemory } from "./seen";

const completed = (id?: string) =>
  sampleEvent(
    "completed",
    sampleJob({
      state: "completed",
      started_at: "2026-11-24T14:00:00Z",
      finished_at: "2026-11-24T14:06:02Z",
    }),
    id,
  );
const failed = (id?: string) =>
  sampleEvent(
    "failed",
    sampleJob({
      state: "failed",
      attempt: 5,
      error: { type: "ConnectTimeout", message: "hooks.example.org did not answer in 30 s." },
    }),
    id,
  );

function texts(): string[] {
  return [...shown.values()].map((jsx) => {
    const { container, unmount } = render(jsx);
    const text = container.textContent ?? "";
    unmount();
    return text;
  });
}

describe("job toasts", () => {
  let page: string | null;
  let memory: TabMemory;
  /** As after a load of the page: what the tab remembers is read from its storage. */
  const make = () => {
    memory = new TabMemory("u1");
    return createJobToasts(memory, () => page);
  };

  beforeEach(() => {
    vi.useFakeTimers();
    sessionStorage.clear();
    shown.clear();
    page = null;
  });
  afterEach(() => {
    vi.useRealTimers();
    visibility("visible");
  });

  it("tells of a success for five seconds, with a link to the job", () => {
    const event = completed();
    make().tell([event]);
    const [toast] = [...shown.values()];
    render(toast ?? <br />);
    const status = screen.getByRole("status");
    expect(status).toHaveTextContent("in 6 m 02 s");
    expect(within(status).getByRole("link", { name: "demo.sleep finished" })).toHaveAttribute(
      "href",
      `/jobs/${event.job.id}`,
    );
    act(() => vi.advanceTimersByTime(4_999));
    expect(shown.size).toBe(1);
    act(() => vi.advanceTimersByTime(1));
    expect(shown.size).toBe(0);
  });

  it("keeps a failure until it is closed, with its cause and a retry", () => {
    make().tell([failed()]);
    const [toast] = [...shown.values()];
    render(toast ?? <br />);
    act(() => vi.advanceTimersByTime(60_000));
    expect(shown.size).toBe(1);
    expect(screen.getByRole("alert")).toHaveTextContent(
      "ConnectTimeout: hooks.example.org did not answer in 30 s. All 5 attempts are used.",
    );
    expect(screen.getByRole("button", { name: "Retry" })).toBeVisible();
  });

  it("keeps still about an end that was seen on the job's page before its event came, and not about the next one", () => {
    const job = sampleJob({ state: "completed", finished_at: "2026-11-24T14:06:02Z" });
    noteLookedAt(job);
    const toasts = make();
    toasts.tell([sampleEvent("completed", job, "seen")]);
    expect(shown.size).toBe(0);
    toasts.tell([sampleEvent("completed", { ...job, finished_at: "2026-11-24T15:00:00Z" }, "again")]);
    expect(shown.size).toBe(1);
  });

  it("tells each outcome once, also after a reload", () => {
    const event = completed("e1");
    const first = make();
    first.tell([event, event]);
    expect(shown.size).toBe(1);
    first.stop();
    memory.flush();
    shown.clear();
    make().tell([event]);
    expect(shown.size).toBe(0);
  });

  it("is quiet about steps on the way, and on the job's own page", () => {
    const toasts = make();
    const job = sampleJob();
    toasts.tell([sampleEvent("created", job), sampleEvent("started", job), sampleEvent("progress", job)]);
    const own = completed();
    page = own.job.id;
    toasts.tell([own]);
    expect(shown.size).toBe(0);
  });

  it("folds more than three within two seconds into one", () => {
    const toasts = make();
    toasts.tell([completed(), completed(), completed()]);
    expect(texts()).toHaveLength(3);
    toasts.tell([completed()]);
    expect(texts()).toEqual([expect.stringContaining("4 jobs completed")]);
    toasts.tell(Array.from({ length: 8 }, () => completed()));
    vi.advanceTimersByTime(FOLD_SHOWN_EVERY_MS);
    expect(texts()).toEqual([expect.stringContaining("12 jobs completed")]);
  });

  it("counts on twice a second at most, however often it is told", () => {
    const toasts = make();
    toasts.tell(Array.from({ length: 10 }, () => completed()));
    const seen = new Set(texts());
    for (let n = 0; n < 20; n += 1) {
      vi.advanceTimersByTime(50);
      toasts.tell(Array.from({ length: 10 }, () => completed()));
      for (const text of texts()) seen.add(text);
    }
    expect(seen.size).toBeLessThanOrEqual(3);
    vi.advanceTimersByTime(FOLD_SHOWN_EVERY_MS);
    expect(texts()).toEqual([expect.stringContaining("210 jobs completed")]);
  });

  it("shows the last count also when its timer comes a moment early", () => {
    const toasts = make();
    toasts.tell(Array.from({ length: 4 }, () => completed()));
    toasts.tell(Array.from({ length: 8 }, () => completed()));
    vi.setSystemTime(Date.now() - 1);
    vi.advanceTimersByTime(FOLD_SHOWN_EVERY_MS);
    expect(texts()).toEqual([expect.stringContaining("12 jobs completed")]);
  });

  it("begins anew after a quiet while", () => {
    const toasts = make();
    toasts.tell(Array.from({ length: 5 }, () => completed()));
    vi.advanceTimersByTime(2_000);
    toasts.tell([completed()]);
    expect(texts()).toHaveLength(2);
    expect(texts()[1]).toContain("demo.sleep finished");
  });

  it("does not fold what comes slowly", () => {
    const toasts = make();
    for (let n = 0; n < 6; n += 1) {
      toasts.tell([completed()]);
      vi.advanceTimersByTime(1_000);
    }
    expect(texts().some((text) => text.includes("jobs"))).toBe(false);
  });

  it("keeps a fold with failures, and says how many", () => {
    make().tell([completed(), failed(), completed(), failed(), completed()]);
    const [toast] = [...shown.values()];
    render(toast ?? <br />);
    expect(screen.getByRole("alert")).toHaveTextContent("5 jobs ended");
    expect(texts()[0]).toContain("3 completed, 2 failed");
  });

  it("leaves failures of one burst where they are when the next one has none", () => {
    const toasts = make();
    toasts.tell(Array.from({ length: 5 }, () => failed()));
    vi.advanceTimersByTime(10_000);
    toasts.tell(Array.from({ length: 6 }, () => completed()));
    expect(texts()).toEqual([
      expect.stringContaining("5 jobs failed"),
      expect.stringContaining("6 jobs completed"),
    ]);
  });

  it("counts failures on in one message, until it is closed", () => {
    const toasts = make();
    toasts.tell(Array.from({ length: 5 }, () => failed()));
    vi.advanceTimersByTime(10_000);
    toasts.tell(Array.from({ length: 4 }, () => failed()));
    expect(texts()).toEqual([expect.stringContaining("9 jobs failed")]);
    for (const id of shown.keys()) closeToast(id);
    vi.advanceTimersByTime(10_000);
    toasts.tell(Array.from({ length: 4 }, () => failed()));
    expect(texts()).toEqual([expect.stringContaining("4 jobs failed")]);
  });

  it("shows the last count of a burst also when its timer comes after the next one has begun", () => {
    const toasts = make();
    toasts.tell(Array.from({ length: 4 }, () => failed()));
    toasts.tell(Array.from({ length: 8 }, () => failed()));
    vi.setSystemTime(Date.now() + 3_000);
    toasts.tell([completed()]);
    expect(texts()).toEqual([
      expect.stringContaining("12 jobs failed"),
      expect.stringContaining("demo.sleep finished"),
    ]);
  });

  it("waits for a hidden tab to be looked at", () => {
    const toasts = make();
    visibility("hidden");
    toasts.tell([completed()]);
    expect(shown.size).toBe(0);
    visibility("visible");
    expect(shown.size).toBe(1);
  });

  it("tells what a hidden tab held also after it was loaded anew, once", () => {
    const event = failed();
    const first = make();
    visibility("hidden");
    first.tell([event]);
    memory.flush();
    // Taken away by the browser: nothing of it runs any more.
    first.stop();

    visibility("visible");
    const second = make();
    vi.advanceTimersByTime(0);
    expect(texts()).toEqual([expect.stringContaining("hooks.example.org did not answer")]);
    memory.flush();
    second.stop();
    shown.clear();
    make().tell([event]);
    expect(shown.size).toBe(0);
  });

  it("holds a bounded number of outcomes, with what it tells of each", () => {
    const toasts = make();
    visibility("hidden");
    const long = failed("long");
    long.job.error = { type: "E", message: "x".repeat(10_000) };
    toasts.tell([...Array.from({ length: 1_200 }, (_, n) => completed(`e${n}`)), long]);
    memory.flush();
    const held = JSON.parse(sessionStorage.getItem("jobyard.u1.held") ?? "[]") as { id: string }[];
    expect(held).toHaveLength(1_000);
    expect(held.at(-1)?.id).toBe("long");
    expect(JSON.stringify(held.at(-1)).length).toBeLessThan(2_000);
  });

  it("remembers a bounded number of outcomes", () => {
    const toasts = make();
    toasts.tell(Array.from({ length: 1_200 }, (_, n) => completed(`e${n}`)));
    memory.flush();
    const told: unknown = JSON.parse(sessionStorage.getItem("jobyard.u1.told") ?? "[]");
    expect(told).toHaveProperty("length");
    expect((told as string[]).length).toBeLessThanOrEqual(500);
    expect(told).toContain("e1199");
  });
});

function visibility(state: DocumentVisibilityState): void {
  Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}

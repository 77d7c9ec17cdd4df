import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sampleEvent, sampleJob } from "@/testJob";
import { FakeServer } from "./FakeServer";
import { TabMemory } from "./seen";
import { ANSWER_MS, FLOOD_EVERY_MS, FOLD_EVERY_MS, QUIET_MS, SharedLine } from "./sharedLine";

/** The browser's side of several tabs: one lock manager, one channel, and sleep. */
class Browser {
  #holder: { reject: (reason: unknown) => void; done: Promise<unknown> } | null = null;
  #queue: (() => void)[] = [];
  readonly #ends: FakeChannel[] = [];

  install(): void {
    const ends = this.#ends;
    vi.stubGlobal(
      "BroadcastChannel",
      class extends FakeChannel {
        constructor() {
          super(ends);
        }
      },
    );
    const request = this.request.bind(this);
    Object.defineProperty(navigator, "locks", { value: { request }, configurable: true });
  }

  request(
    _name: string,
    { steal = false, signal }: { steal?: boolean; signal?: AbortSignal },
    work: () => Promise<void> | undefined,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const take = () => {
        const done = Promise.resolve(work());
        const mine = { reject, done };
        this.#holder = mine;
        void done.then(() => {
          resolve();
          if (this.#holder !== mine) return;
          this.#holder = null;
          this.#queue.shift()?.();
        });
      };
      signal?.addEventListener("abort", () => {
        this.#queue = this.#queue.filter((each) => each !== take);
        reject(signal.reason);
      });
      if (steal) {
        this.#holder?.reject(new DOMException("stolen", "AbortError"));
        take();
      } else if (this.#holder) this.#queue.push(take);
      else take();
    });
  }

  /** The newest tab is frozen: it hears nothing and says nothing until it is woken. */
  freeze(tab: number): void {
    const end = this.#ends[tab];
    if (end) end.frozen = true;
  }

  thaw(tab: number): void {
    const end = this.#ends[tab];
    if (end) end.frozen = false;
  }
}

class FakeChannel {
  onmessage: ((message: { data: unknown }) => void) | null = null;
  frozen = false;
  readonly #ends: FakeChannel[];

  constructor(ends: FakeChannel[]) {
    this.#ends = ends;
    ends.push(this);
  }

  postMessage(data: unknown): void {
    if (this.frozen) return;
    for (const end of this.#ends) {
      if (end !== this && !end.frozen) queueMicrotask(() => end.onmessage?.({ data: structuredClone(data) }));
    }
  }

  close(): void {
    this.#ends.splice(this.#ends.indexOf(this), 1);
  }
}

const tick = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
let tabs: SharedLine[] = [];

async function openTab(memory = new TabMemory("u1", null)) {
  const heard: string[] = [];
  const told: string[] = [];
  const states: string[] = [];
  const resets: number[] = [];
  const line = new SharedLine({
    userId: "u1",
    url: "ws://localhost/ws/jobs",
    memory,
    token: async () => "token",
    renew: async () => undefined,
    expiresAt: () => Date.now() + 900_000,
    onEvents: (events) => heard.push(...events.map((event) => event.id)),
    onNotices: (notices, first) => told.push(...notices.map(({ id }) => (first ? `${id} first` : id))),
    onReset: () => resets.push(1),
    onState: ({ state }) => states.push(state),
    random: () => 1,
  });
  tabs.push(line);
  line.start();
  await tick();
  return { line, heard, told, states, resets, memory };
}

describe("SharedLine", () => {
  let server: FakeServer;
  let browser: Browser;
  const ready = async () => {
    server.line.open();
    server.line.say({ type: "ready", cursor: "c0" });
    await tick();
  };

  beforeEach(() => {
    vi.useFakeTimers();
    tabs = [];
    server = new FakeServer().install();
    browser = new Browser();
    browser.install();
  });
  afterEach(() => {
    for (const tab of tabs) tab.stop();
    vi.useRealTimers();
    Object.defineProperty(document, "visibilityState", { value: "visible", configurable: true });
  });

  it("opens one socket for all tabs, and all hear the same", async () => {
    const first = await openTab();
    await ready();
    const second = await openTab();
    server.line.say(sampleEvent("completed", sampleJob(), "e1"));
    await tick(FOLD_EVERY_MS);
    expect(server.lines).toHaveLength(1);
    expect([first.heard, second.heard]).toEqual([["e1"], ["e1"]]);
    expect(second.states).toEqual(["connecting", "connected"]);
    expect(second.memory.cursor).toBe("after-e1");
  });

  it("passes on a flood five times a second, and tells at once again when it is over", async () => {
    const { heard } = await openTab();
    await ready();
    const flood = (count: number) => {
      for (let each = 0; each < count; each += 1) {
        server.line.say(sampleEvent("completed", sampleJob(), `e${each}`));
      }
    };
    flood(30);
    await tick(FOLD_EVERY_MS);
    expect(heard).toHaveLength(30);
    flood(30);
    await tick(FLOOD_EVERY_MS - 1);
    expect(heard).toHaveLength(30);
    await tick(1);
    expect(heard).toHaveLength(60);
    flood(1);
    await tick(FOLD_EVERY_MS);
    expect(heard).toHaveLength(61);
  });

  it("hands the lead on when the leading tab closes, from where the next one was", async () => {
    const first = await openTab();
    await ready();
    const second = await openTab();
    server.line.say(sampleEvent("completed", sampleJob(), "e1"));
    await tick(FOLD_EVERY_MS);
    first.line.stop();
    await tick();
    expect(server.lines).toHaveLength(2);
    await ready();
    expect(server.line.received.at(-1)).toEqual({ type: "subscribe", after: "after-e1" });
    expect(second.states.at(-1)).toBe("connected");
  });

  it("has replayed what a reloaded tab missed, at once or when the line is up", async () => {
    await openTab();
    const memory = new TabMemory("u1", null);
    memory.cursor = "old";
    await openTab(memory);
    expect(server.line.received).toEqual([]);
    await ready();
    expect(server.line.received.at(-1)).toEqual({ type: "subscribe", after: "old" });
    server.line.say({ type: "subscribed", cursor: "c1" });
    const later = new TabMemory("u1", null);
    later.cursor = "older";
    await openTab(later);
    expect(server.line.received.at(-1)).toEqual({ type: "subscribe", after: "older" });
  });

  it("leaves a tab its place until what it missed has been sent", async () => {
    const first = await openTab();
    await ready();
    const memory = new TabMemory("u1", null);
    memory.cursor = "old";
    await openTab(memory);
    server.line.say(sampleEvent("completed", sampleJob(), "e7"));
    await tick(FOLD_EVERY_MS);
    expect([memory.cursor, first.memory.cursor]).toEqual(["old", "c0"]);
    server.line.say({ type: "subscribed", cursor: "c8" });
    server.line.say({ type: "ping", cursor: "c8" });
    await tick();
    expect([memory.cursor, first.memory.cursor]).toEqual(["c8", "c8"]);
  });

  it("passes on what came into the inbox, and lets one tab alone speak of it", async () => {
    const first = await openTab();
    await ready();
    const second = await openTab();
    server.line.say({ type: "notification", id: "n1", job_id: "j1", event: "failed" });
    await tick(FOLD_EVERY_MS);
    expect([first.told, second.told]).toEqual([["n1 first"], ["n1"]]);
  });

  it("takes the lead from a tab that sleeps, and follows when it was itself the sleeper", async () => {
    const first = await openTab();
    await ready();
    browser.freeze(0);
    const second = await openTab();
    expect(server.lines).toHaveLength(1);
    await tick(ANSWER_MS);
    expect(server.lines).toHaveLength(2);
    expect(server.lines[0]?.readyState).toBe(3);
    browser.thaw(0);
    await ready();
    server.line.say(sampleEvent("completed", sampleJob(), "e2"));
    await tick(FOLD_EVERY_MS);
    expect([first.heard, second.heard]).toEqual([["e2"], ["e2"]]);
    await tick(ANSWER_MS);
    expect(server.lines).toHaveLength(2);
  });

  it("notices a leader that falls asleep later", async () => {
    await openTab();
    await ready();
    await openTab();
    browser.freeze(0);
    // Its socket still hears the server; it is the tabs that it says nothing to.
    for (const wait of [QUIET_MS / 2, QUIET_MS / 2 - 1]) {
      await tick(wait);
      server.line.say({ type: "ping" });
    }
    expect(server.lines).toHaveLength(1);
    await tick(1 + ANSWER_MS);
    expect(server.lines).toHaveLength(2);
  });

  it("lets the server's pings speak for the leader", async () => {
    await openTab();
    await ready();
    await openTab();
    for (let ping = 0; ping < 10; ping += 1) {
      await tick(20_000);
      server.line.say({ type: "ping" });
    }
    await tick();
    expect(server.lines).toHaveLength(1);
  });

  it("takes nothing while it is hidden", async () => {
    await openTab();
    await ready();
    browser.freeze(0);
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
    const second = await openTab();
    await tick(10 * QUIET_MS);
    const before = server.lines.length;
    Object.defineProperty(document, "visibilityState", { value: "visible", configurable: true });
    second.line.wake();
    await tick(ANSWER_MS);
    expect(server.lines).toHaveLength(before + 1);
  });

  it("passes a reset on", async () => {
    const first = await openTab();
    await ready();
    const second = await openTab();
    server.line.say({ type: "reset" });
    await tick();
    expect([first.resets, second.resets]).toEqual([[1], [1]]);
    expect(second.memory.cursor).toBeNull();
  });

  it("has a line of its own where tabs can't share one", async () => {
    Object.defineProperty(navigator, "locks", { value: undefined, configurable: true });
    const only = await openTab();
    await ready();
    server.line.say(sampleEvent("completed", sampleJob(), "e1"));
    await tick(FOLD_EVERY_MS);
    expect(only.heard).toEqual(["e1"]);
    expect(only.states).toEqual(["connecting", "connected"]);
  });
});

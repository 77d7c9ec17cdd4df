import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sampleEvent, sampleJob } from "@/testJob";
import { FakeServer } from "./FakeServer";
import { TabMemory } from "./seen";
import { JobSocket, type LineState, type SocketOptions, TIMES } from "./socket";

const MINUTE = 60_000;

function setUp(options: Partial<SocketOptions> = {}) {
  const server = new FakeServer().install();
  const states: LineState["state"][] = [];
  const events: string[] = [];
  const calls = { token: 0, renew: 0, reset: 0 };
  const memory = options.memory ?? new TabMemory("u1");
  const expiry = { at: Date.now() + 15 * MINUTE };
  const socket = new JobSocket({
    url: "ws://localhost/ws/jobs",
    memory,
    token: async () => `token-${++calls.token}`,
    renew: async () => {
      calls.renew += 1;
    },
    expiresAt: () => expiry.at,
    onEvent: (event) => events.push(event.id),
    onNotice: (notice) => events.push(notice.id),
    onReset: () => {
      calls.reset += 1;
    },
    onState: ({ state }) => states.push(state),
    random: () => 1,
    ...options,
  });
  socket.start();
  return { server, socket, states, events, calls, memory, expiry };
}

/** Lets promises run, and with `ms` the clock. */
const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

async function connected(options: Partial<SocketOptions> = {}) {
  const all = setUp(options);
  await pass();
  all.server.line.open();
  all.server.line.say({ type: "ready", cursor: "c0" });
  return all;
}

describe("JobSocket", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    sessionStorage.clear();
  });
  afterEach(() => vi.useRealTimers());

  it("signs in with its first message, never in the URL", async () => {
    const { server, states } = await connected();
    expect(server.line.url).toBe("ws://localhost/ws/jobs");
    expect(server.line.received).toEqual([{ type: "auth", token: "token-1" }]);
    expect(states).toEqual(["connecting", "connected"]);
  });

  it("answers pings and passes events on", async () => {
    const { server, events, memory } = await connected();
    server.line.say({ type: "ping" });
    expect(server.line.received.at(-1)).toEqual({ type: "pong" });
    const event = sampleEvent("completed", sampleJob({ state: "completed" }));
    server.line.say(event);
    expect(events).toEqual([event.id]);
    expect(memory.cursor).toBe(event.cursor);
  });

  it("ignores what it does not know", async () => {
    const { server, events, states } = await connected();
    server.line.onmessage?.({ data: "not json" });
    server.line.say({ type: "from-the-future" });
    server.line.say({ type: "job", id: "no job in it" });
    expect(events).toEqual([]);
    expect(states.at(-1)).toBe("connected");
  });

  it("resumes where it was, also after a reload of the tab", async () => {
    const first = await connected();
    first.server.line.say(sampleEvent("completed", sampleJob(), "e1"));
    first.socket.stop();
    first.memory.flush();
    const reloaded = await connected({ memory: new TabMemory("u1") });
    expect(reloaded.server.line.received.at(-1)).toEqual({ type: "subscribe", after: "after-e1" });
    expect(reloaded.memory.cursor).toBe("after-e1");
    reloaded.server.line.say({ type: "subscribed", cursor: "c5" });
    expect(reloaded.memory.cursor).toBe("c5");
    const stranger = await connected({ memory: new TabMemory("u2") });
    expect(stranger.server.line.received).toHaveLength(1);
    expect(stranger.memory.cursor).toBe("c0");
  });

  it("keeps its place until all that it missed has been sent, whatever happens meanwhile", async () => {
    const memory = new TabMemory("u1", null);
    memory.cursor = "c1";
    const { server } = await connected({ memory });
    // Sent before the server has read our 'subscribe': what ended between c1 and c0 is still to come.
    server.line.say(sampleEvent("completed", sampleJob(), "e9"));
    server.line.say({ type: "ping", cursor: "c9" });
    expect(memory.cursor).toBe("c1");
    server.line.hangUp(1006);
    await pass(500);
    server.line.open();
    server.line.say({ type: "ready", cursor: "c10" });
    expect(server.line.received.at(-1)).toEqual({ type: "subscribe", after: "c1" });
    server.line.say({ type: "subscribed", cursor: "c11" });
    expect(memory.cursor).toBe("c11");
  });

  it("has one thing after the other sent again", async () => {
    const { server, socket, memory } = await connected();
    socket.replay("a");
    socket.replay("b");
    expect(server.line.received.at(-1)).toEqual({ type: "subscribe", after: "a" });
    server.line.say({ type: "subscribed", cursor: "c5" });
    expect(memory.cursor).toBe("c0");
    expect(server.line.received.at(-1)).toEqual({ type: "subscribe", after: "b" });
    server.line.say({ type: "subscribed", cursor: "c6" });
    expect(memory.cursor).toBe("c6");
    expect(
      server.line.received.filter((sent) => (sent as { type: string }).type === "subscribe"),
    ).toHaveLength(2);
  });

  it("tells of what came into the inbox", async () => {
    const { server, events } = await connected();
    server.line.say({ type: "notification", id: "n1", job_id: "j1", event: "failed" });
    server.line.say({ type: "notification", id: "of no job" });
    expect(events).toEqual(["n1"]);
  });

  it("waits longer after each failure, and short again after a steady line", async () => {
    const { server, states } = setUp();
    await pass();
    for (const wait of [500, 1_000, 2_000, 4_000]) {
      const before = server.lines.length;
      server.line.hangUp(1006);
      await pass(wait - 1);
      expect(server.lines).toHaveLength(before);
      await pass(1);
      expect(server.lines).toHaveLength(before + 1);
    }
    expect(states.at(-1)).toBe("connecting");
    server.line.open();
    server.line.say({ type: "ready", cursor: "c0" });
    await pass(TIMES.steady);
    const before = server.lines.length;
    server.line.hangUp(1012);
    await pass(500);
    expect(server.lines).toHaveLength(before + 1);
  });

  it("never waits longer than the longest wait", async () => {
    const { server } = setUp();
    await pass();
    const waits: number[] = [];
    for (let cut = 0; cut < 12; cut += 1) {
      server.line.hangUp(1006);
      const from = Date.now();
      await vi.advanceTimersToNextTimerAsync();
      waits.push(Date.now() - from);
      expect(server.lines).toHaveLength(cut + 2);
    }
    expect(Math.max(...waits)).toBe(TIMES.longestRetry);
  });

  it("gives up on a line that says nothing", async () => {
    const { server, states } = await connected();
    const line = server.line;
    await pass(TIMES.silence - 1);
    expect(states.at(-1)).toBe("connected");
    await pass(1);
    expect(line.readyState).toBe(3);
    expect(states.at(-1)).toBe("away");
  });

  it("gives up on a server that accepts and never gets ready", async () => {
    const { server, states } = setUp();
    await pass();
    server.line.open();
    await pass(TIMES.ready);
    expect(states).toEqual(["connecting", "away"]);
  });

  it("renews its token on the open line before it runs out", async () => {
    const { server, expiry, states } = await connected();
    // The server's pings keep the line from counting as silent.
    const pings = setInterval(() => server.line.say({ type: "ping" }), 20_000);
    await pass(13 * MINUTE);
    expect(server.line.received.filter(isAuth)).toHaveLength(1);
    expiry.at = Date.now() + 30 * MINUTE;
    await pass(MINUTE);
    clearInterval(pings);
    expect(server.line.received.filter(isAuth)).toHaveLength(2);
    expect(server.lines).toHaveLength(1);
    server.line.say({ type: "ready", cursor: "c9" });
    expect(states.at(-1)).toBe("connected");
  });

  it("gets a new token after 4401", async () => {
    const { server, calls } = await connected();
    server.line.hangUp(4401);
    await pass(500);
    expect(calls.renew).toBe(1);
    expect(server.lines).toHaveLength(2);
  });

  it("goes on from the reset where a cursor was too old", async () => {
    const { server, calls, memory } = await connected();
    server.line.say({ type: "reset", cursor: "c9" });
    expect(calls.reset).toBe(1);
    expect(memory.cursor).toBe("c9");
  });

  it("is brought forward by pings while no job ends", async () => {
    const { server, memory } = await connected();
    server.line.say({ type: "ping", cursor: "c5" });
    expect(memory.cursor).toBe("c5");
  });

  it("opens nothing for who is signed out", async () => {
    const { server } = setUp({ token: async () => null });
    await pass(MINUTE);
    expect(server.lines).toHaveLength(0);
  });

  it("tries again when no token can be had just now", async () => {
    let tries = 0;
    const { server } = setUp({
      token: async () => {
        tries += 1;
        if (tries === 1) throw new Error("away");
        return "token";
      },
    });
    await pass(500);
    expect(server.lines).toHaveLength(1);
  });

  it("comes back at once when asked to", async () => {
    const { server, socket } = await connected();
    server.line.hangUp(1006);
    socket.retryNow();
    await pass();
    expect(server.lines).toHaveLength(2);
    socket.retryNow();
    await pass();
    expect(server.lines).toHaveLength(2);
  });

  it("stays stopped", async () => {
    const { server, socket } = await connected();
    socket.stop();
    server.lines[0]?.onclose?.({ code: 1006 });
    await pass(MINUTE);
    expect(server.lines).toHaveLength(1);
  });
});

function isAuth(message: unknown): boolean {
  return (message as { type?: string }).type === "auth";
}

// The page's one line to the server: connects, signs in on the socket itself, answers pings, renews its token before it
// runs out, comes back after a cut with backoff, and resumes where it was by cursor.
import { CLOSE, type ClientMessage, type JobEvent, type NoticeEvent, parseMessage } from "./protocol";
import type { TabMemory } from "./seen";

/** How long each thing may take, in milliseconds. The server pings every 20 s. */
export const TIMES = {
  ready: 10_000,
  silence: 45_000,
  firstRetry: 500,
  longestRetry: 30_000,
  /** A line that held this long was good: the next cut starts with a short wait again. */
  steady: 10_000,
  /** The token is renewed this long before it runs out. */
  renewBefore: 60_000,
} as const;

export type LineState =
  | { state: "connecting" }
  | { state: "connected" }
  | { state: "away"; nextTryAt: number };

export interface SocketOptions {
  url: string;
  memory: TabMemory;
  /** A token good for at least `lifeMs`; null when nobody is signed in any more. Throws when it can't be had now. */
  token: (lifeMs: number) => Promise<string | null>;
  /** Called after a 4401: the token must be a new one even if the old seems good. */
  renew: () => Promise<unknown>;
  onEvent: (event: JobEvent) => void;
  onNotice: (notice: NoticeEvent) => void;
  /** Too much was missed: everything must be read anew. */
  onReset: () => void;
  onState: (state: LineState) => void;
  /** When the token at hand runs out (Date.now() time). */
  expiresAt: () => number;
  random?: () => number;
  /** At every ping of the server, about each 20 s: the line is good. */
  onBeat?: () => void;
}

export class JobSocket {
  readonly #options: SocketOptions;
  #socket: WebSocket | null = null;
  #tries = 0;
  #stopped = false;
  #readyAt = 0;
  /** From where outcomes are to be sent again, one after the other: the server is at the first. */
  #replays: string[] = [];
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(options: SocketOptions) {
    this.#options = options;
  }

  start(): void {
    this.#stopped = false;
    void this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    this.#drop();
  }

  /** For 'Try now', a network that came back, a tab that woke up. Does nothing to a line that is up. */
  retryNow(): void {
    if (this.#stopped || !this.#timers.has("retry")) return;
    this.#clear("retry");
    void this.#connect();
  }

  /** Has every outcome since this cursor sent again. */
  replay(after: string): void {
    this.#replays.push(after);
    if (this.#replays.length === 1) this.#send({ type: "subscribe", after });
  }

  /**
   * Up to where no outcome is missing; null while some are being sent again. What happens between the server's 'ready'
   * and its reading of our 'subscribe' has a later cursor than what we still miss: a cut after it would lose that.
   */
  get settled(): string | null {
    return this.#replays.length === 0 ? this.#options.memory.cursor : null;
  }

  async #connect(): Promise<void> {
    this.#options.onState({ state: "connecting" });
    let token: string | null;
    try {
      token = await this.#options.token(TIMES.renewBefore);
    } catch {
      this.#retryLater();
      return;
    }
    if (this.#stopped || token === null || this.#socket) return;
    const socket = new WebSocket(this.#options.url);
    this.#socket = socket;
    this.#after("ready", TIMES.ready, () => this.#cut(socket));
    socket.onopen = () => this.#send({ type: "auth", token });
    socket.onmessage = (message) => this.#receive(socket, message.data);
    socket.onclose = (close) => this.#closed(socket, close.code);
  }

  #receive(socket: WebSocket, data: unknown): void {
    if (socket !== this.#socket) return;
    this.#after("silence", TIMES.silence, () => this.#cut(socket));
    const message = parseMessage(data);
    switch (message?.type) {
      case "ready":
        this.#ready(message.cursor);
        break;
      case "subscribed":
        this.#replayed(message.cursor);
        break;
      case "ping":
        this.#moveOn(message.cursor);
        this.#send({ type: "pong" });
        this.#options.onBeat?.();
        break;
      case "reset":
        // The cursor that was too old must not be asked for again. With none, a cut before the next event would lose
        // the outcomes between the two lines.
        this.#replays = [];
        this.#options.memory.cursor = message.cursor ?? null;
        this.#options.onReset();
        break;
      case "job":
        this.#moveOn(message.cursor);
        this.#options.onEvent(message);
        break;
      case "notification":
        this.#options.onNotice(message);
        break;
    }
  }

  #moveOn(cursor: string): void {
    if (cursor && this.#replays.length === 0) this.#options.memory.cursor = cursor;
  }

  #replayed(cursor: string): void {
    this.#replays.shift();
    const [after] = this.#replays;
    if (after === undefined) this.#moveOn(cursor);
    else this.#send({ type: "subscribe", after });
  }

  #ready(cursor: string): void {
    // A second 'ready' answers the renewal of the token: the line is up already, and its events go on.
    if (!this.#timers.has("ready")) return;
    this.#clear("ready");
    this.#readyAt = Date.now();
    const { memory } = this.#options;
    if (memory.cursor !== null) this.replay(memory.cursor);
    else memory.cursor = cursor;
    this.#renewInTime();
    this.#options.onState({ state: "connected" });
  }

  #renewInTime(): void {
    const wait = Math.max(0, this.#options.expiresAt() - Date.now() - TIMES.renewBefore);
    this.#after("renew", wait, () => void this.#renewToken());
  }

  async #renewToken(): Promise<void> {
    const socket = this.#socket;
    try {
      const token = await this.#options.token(TIMES.renewBefore + 1_000);
      if (token === null || socket === null || socket !== this.#socket) return;
      this.#send({ type: "auth", token });
      this.#renewInTime();
    } catch {
      // The server is away. Try again while the token lasts; when it has run out the server closes with 4401.
      if (socket === this.#socket) this.#after("renew", 5_000, () => void this.#renewToken());
    }
  }

  #closed(socket: WebSocket, code: number): void {
    if (socket !== this.#socket) return;
    this.#drop();
    if (this.#stopped) return;
    if (this.#readyAt > 0 && Date.now() - this.#readyAt >= TIMES.steady) this.#tries = 0;
    this.#readyAt = 0;
    if (code === CLOSE.unauthenticated) void this.#signInAgain();
    else this.#retryLater();
  }

  async #signInAgain(): Promise<void> {
    try {
      await this.#options.renew();
    } catch {
      // The server is away: #connect asks again.
    }
    this.#retryLater();
  }

  /** Full jitter: a thousand pages that lost the same server must not come back in the same instant. */
  #retryLater(): void {
    if (this.#stopped) return;
    const most = Math.min(TIMES.firstRetry * 2 ** this.#tries, TIMES.longestRetry);
    this.#tries += 1;
    const wait = Math.round(most * (0.5 + 0.5 * (this.#options.random ?? Math.random)()));
    this.#options.onState({ state: "away", nextTryAt: Date.now() + wait });
    this.#after("retry", wait, () => {
      this.#clear("retry");
      void this.#connect();
    });
  }

  /** The other side is silent: a close handshake would wait for it, so the line counts as gone at once. */
  #cut(socket: WebSocket): void {
    if (socket !== this.#socket) return;
    this.#closed(socket, 1006);
  }

  #drop(): void {
    for (const name of [...this.#timers.keys()]) this.#clear(name);
    const socket = this.#socket;
    this.#socket = null;
    this.#replays = [];
    socket?.close();
  }

  #send(message: ClientMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #after(name: string, wait: number, run: () => void): void {
    this.#clear(name);
    // setTimeout takes 2^31 ms at most and fires at once beyond that.
    this.#timers.set(name, setTimeout(run, Math.min(wait, 2 ** 31 - 1)));
  }

  #clear(name: string): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }
}

// One line per browser: of all tabs of one user, one holds the socket and tells the others what it hears. Whoever has
// the Web Lock leads; when its tab closes the next one takes over, from the place where it was itself.
import type { JobEvent } from "./protocol";
import { JobSocket, type LineState, type SocketOptions } from "./socket";

/** A leader that does not answer within this time is asleep (phones freeze tabs): its lock is taken from it. */
export const ANSWER_MS = 1_500;
/** A leader speaks at every ping of the server, each 20 s: after this silence it is asked whether it is there. */
export const QUIET_MS = 45_000;
const REPLAYS_LIMIT = 20;
/** Events are passed on together this often: one render and one message for many, and still at once to the eye. */
export const FOLD_EVERY_MS = 50;

type Note =
  | { kind: "hello"; after: string | null }
  | { kind: "state"; state: LineState; cursor: string | null }
  | { kind: "events"; events: JobEvent[] }
  | { kind: "reset" };

export interface LineOptions extends Omit<SocketOptions, "onBeat" | "onEvent"> {
  userId: string;
  onEvents: (events: readonly JobEvent[]) => void;
}

export class SharedLine {
  readonly #options: LineOptions;
  readonly #name: string;
  #channel: BroadcastChannel | null = null;
  #socket: JobSocket | null = null;
  #state: LineState = { state: "connecting" };
  /** Ends the wait for the lock, or gives it back. */
  #leave: (() => void) | null = null;
  #patience: ReturnType<typeof setTimeout> | undefined;
  /** Places from which other tabs still miss outcomes, for when the socket is up. */
  #replays: string[] = [];
  #heard: JobEvent[] = [];
  #folding: ReturnType<typeof setTimeout> | null = null;

  constructor(options: LineOptions) {
    this.#options = options;
    this.#name = `jobyard:line:${options.userId}`;
  }

  start(): void {
    if (!navigator.locks || typeof BroadcastChannel === "undefined") {
      this.#lead();
      return;
    }
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = (message: MessageEvent<Note>) => this.#hear(message.data);
    this.#options.onState(this.#state);
    this.#queue(false);
    this.#greet();
  }

  stop(): void {
    clearTimeout(this.#patience);
    if (this.#folding !== null) clearTimeout(this.#folding);
    this.#folding = null;
    this.#heard = [];
    this.#socket?.stop();
    this.#socket = null;
    this.#channel?.close();
    this.#channel = null;
    this.#leave?.();
    this.#leave = null;
  }

  /** The tab is looked at again, the network is back, or somebody pressed 'Try now'. */
  wake(): void {
    if (this.#socket) this.#socket.retryNow();
    else this.#greet();
  }

  /** Waits in line for the lead, or takes it from a leader that sleeps. */
  #queue(steal: boolean): void {
    this.#leave?.();
    const waiting = new AbortController();
    let release = () => waiting.abort();
    this.#leave = () => release();
    navigator.locks
      .request(this.#name, steal ? { steal } : { signal: waiting.signal }, () => {
        if (this.#channel === null) return undefined;
        this.#lead();
        return new Promise<void>((resolve) => {
          release = resolve;
        });
      })
      .catch(() => {
        // Given up (stop, or a steal of our own), or taken from us while we slept: then we follow again.
        if (waiting.signal.aborted || this.#channel === null) return;
        this.#socket?.stop();
        this.#socket = null;
        this.#queue(false);
        this.#greet();
      });
  }

  #lead(): void {
    clearTimeout(this.#patience);
    const { onReset, onState } = this.#options;
    this.#socket = new JobSocket({
      ...this.#options,
      onEvent: (event) => {
        this.#heard.push(event);
        this.#folding ??= setTimeout(() => this.#fold(), FOLD_EVERY_MS);
      },
      onReset: () => {
        onReset();
        this.#tell({ kind: "reset" });
      },
      onState: (state) => {
        this.#state = state;
        onState(state);
        this.#beat();
        if (state.state === "connected")
          for (const after of this.#replays.splice(0)) this.#socket?.replay(after);
      },
      onBeat: () => this.#beat(),
    });
    this.#socket.start();
  }

  #hear(note: Note): void {
    if (note.kind === "hello") this.#answer(note.after);
    else if (!this.#socket) {
      this.#expect(QUIET_MS);
      this.#follow(note);
    }
  }

  #follow(note: Exclude<Note, { kind: "hello" }>): void {
    const { memory, onEvents, onReset, onState } = this.#options;
    switch (note.kind) {
      case "state":
        memory.cursor ??= note.cursor;
        // Each failed try of a line that is away has a new time of the next.
        if (note.state.state === this.#state.state && note.state.state !== "away") break;
        this.#state = note.state;
        onState(note.state);
        break;
      case "events":
        memory.cursor = note.events.at(-1)?.cursor ?? memory.cursor;
        onEvents(note.events);
        break;
      case "reset":
        memory.cursor = null;
        onReset();
        break;
    }
  }

  #fold(): void {
    this.#folding = null;
    const events = this.#heard;
    this.#heard = [];
    this.#options.onEvents(events);
    this.#tell({ kind: "events", events });
  }

  /** A tab that came, or woke up: say how things are, and have replayed what it missed. */
  #answer(after: string | null): void {
    if (!this.#socket) return;
    this.#beat();
    if (after === null) return;
    if (this.#state.state === "connected") this.#socket.replay(after);
    else this.#replays = [...this.#replays, after].slice(-REPLAYS_LIMIT);
  }

  #greet(): void {
    this.#tell({ kind: "hello", after: this.#options.memory.cursor });
    this.#expect(ANSWER_MS, () => this.#queue(true));
  }

  /** Something must be heard within `wait`, or `otherwise` happens. A hidden tab has time until it is looked at. */
  #expect(wait: number, otherwise = () => this.#greet()): void {
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => {
      if (!this.#socket && document.visibilityState === "visible") otherwise();
    }, wait);
  }

  #beat(): void {
    this.#tell({ kind: "state", state: this.#state, cursor: this.#options.memory.cursor });
  }

  #tell(note: Note): void {
    this.#channel?.postMessage(note);
  }
}

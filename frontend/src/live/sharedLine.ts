// One line per browser: of all tabs of one user, one holds the socket and tells the others what it hears. Whoever has
// the Web Lock leads; when its tab closes the next one takes over, from the place where it was itself.
import type { JobEvent, NoticeEvent } from "./protocol";
import { JobSocket, type LineState, type SocketOptions } from "./socket";

/** A leader that does not answer within this time is asleep (phones freeze tabs): its lock is taken from it. */
export const ANSWER_MS = 1_500;
/** A leader speaks at every ping of the server, each 20 s: after this silence it is asked whether it is there. */
export const QUIET_MS = 45_000;
const REPLAYS_LIMIT = 20;
/** Events are passed on together this often: one render and one message for many, and still at once to the eye. */
export const FOLD_EVERY_MS = 50;
/** In a flood nobody reads each of them, and every fold draws the screen anew: five times a second are enough. */
export const FLOOD_EVERY_MS = 200;
/** From so many in `FOLD_EVERY_MS` on it is a flood: 200 a second. */
const FLOOD = 10;

/** `cursor` is what the leader has settled, or null: see JobSocket. */
type Note =
  | { kind: "hello"; after: string | null; id: string }
  /** `answers` is the id of the hello that brought it about. */
  | { kind: "state"; state: LineState; cursor: string | null; answers?: string }
  | { kind: "events"; events: JobEvent[]; notices: NoticeEvent[]; cursor: string | null }
  | { kind: "reset" };

export interface LineOptions extends Omit<SocketOptions, "onBeat" | "onEvent" | "onNotice"> {
  userId: string;
  onEvents: (events: readonly JobEvent[]) => void;
  /** `first` in the one tab that is to speak for all of them. */
  onNotices: (notices: readonly NoticeEvent[], first: boolean) => void;
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
  #notices: NoticeEvent[] = [];
  /** The hello that the leader has not read yet: until then it has not begun to send what this tab missed. */
  #hello: string | null = null;
  #folding: ReturnType<typeof setTimeout> | null = null;
  /** How long the next fold gathers: as it was before it, so it is likely to go on. */
  #pace = FOLD_EVERY_MS;

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
    this.#notices = [];
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
        this.#foldSoon();
      },
      onNotice: (notice) => {
        this.#notices.push(notice);
        this.#foldSoon();
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
    if (note.kind === "hello") this.#answer(note.after, note.id);
    else if (!this.#socket) {
      this.#expect(QUIET_MS);
      this.#follow(note);
    }
  }

  #follow(note: Exclude<Note, { kind: "hello" }>): void {
    const { memory, onEvents, onNotices, onReset, onState } = this.#options;
    switch (note.kind) {
      case "state":
        if (note.answers === this.#hello) this.#hello = null;
        if (this.#hello === null) memory.cursor = note.cursor ?? memory.cursor;
        // Each failed try of a line that is away has a new time of the next.
        if (note.state.state === this.#state.state && note.state.state !== "away") break;
        this.#state = note.state;
        onState(note.state);
        break;
      case "events":
        if (this.#hello === null) memory.cursor = note.cursor ?? memory.cursor;
        if (note.events.length > 0) onEvents(note.events);
        if (note.notices.length > 0) onNotices(note.notices, false);
        break;
      case "reset":
        memory.cursor = null;
        onReset();
        break;
    }
  }

  #foldSoon(): void {
    this.#folding ??= setTimeout(() => this.#fold(), this.#pace);
  }

  #fold(): void {
    this.#folding = null;
    const [events, notices] = [this.#heard, this.#notices];
    const perShortFold = ((events.length + notices.length) * FOLD_EVERY_MS) / this.#pace;
    this.#pace = perShortFold > FLOOD ? FLOOD_EVERY_MS : FOLD_EVERY_MS;
    this.#heard = [];
    this.#notices = [];
    if (events.length > 0) this.#options.onEvents(events);
    if (notices.length > 0) this.#options.onNotices(notices, true);
    this.#tell({ kind: "events", events, notices, cursor: this.#settled() });
  }

  /** Null while something waits to be sent again, for this tab or another, or to be passed on. */
  #settled(): string | null {
    const isWaiting = this.#replays.length > 0 || this.#heard.length > 0;
    return isWaiting ? null : (this.#socket?.settled ?? null);
  }

  /** A tab that came, or woke up: say how things are, and have replayed what it missed. */
  #answer(after: string | null, hello: string): void {
    if (!this.#socket) return;
    if (after !== null) {
      if (this.#state.state === "connected") this.#socket.replay(after);
      else this.#replays = [...this.#replays, after].slice(-REPLAYS_LIMIT);
    }
    this.#beat(hello);
  }

  #greet(): void {
    this.#hello = crypto.randomUUID();
    this.#tell({ kind: "hello", after: this.#options.memory.cursor, id: this.#hello });
    this.#expect(ANSWER_MS, () => this.#queue(true));
  }

  /** Something must be heard within `wait`, or `otherwise` happens. A hidden tab has time until it is looked at. */
  #expect(wait: number, otherwise = () => this.#greet()): void {
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => {
      if (!this.#socket && document.visibilityState === "visible") otherwise();
    }, wait);
  }

  #beat(answers?: string): void {
    const state = { kind: "state", state: this.#state, cursor: this.#settled() } as const;
    this.#tell(answers === undefined ? state : { ...state, answers });
  }

  #tell(note: Note): void {
    this.#channel?.postMessage(note);
  }
}

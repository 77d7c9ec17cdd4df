// What must survive a reload of the tab and no longer: the place in the event log, the outcomes already told, and those
// that a hidden tab still has to tell.
import type { JobEvent } from "./protocol";

/** The end of the name of what is told later: it says something of jobs, and goes with the user. */
export const HELD = "held";
const SEEN_LIMIT = 500;
/** Storage is slow and 500 events a second are not: what changed is written together, and before the tab goes. */
const WRITE_EVERY_MS = 250;

/** Kept per user, so that another sign-in in the same tab starts clean. Storage can be forbidden: then it is memory alone. */
export class TabMemory {
  readonly #prefix: string;
  readonly #storage: Storage | null;
  #cursor: string | null;
  #seen: Set<string>;
  #held: readonly JobEvent[];
  #heldWritten: readonly JobEvent[];
  #writing: ReturnType<typeof setTimeout> | null = null;

  constructor(userId: string, storage: Storage | null = tabStorage()) {
    this.#prefix = `jobyard.${userId}.`;
    this.#storage = storage;
    this.#cursor = this.#read("cursor");
    this.#seen = new Set(parseList(this.#read("told")).filter((id) => typeof id === "string"));
    this.#held = parseList(this.#read(HELD)).filter(isEvent);
    this.#heldWritten = this.#held;
  }

  get cursor(): string | null {
    return this.#cursor;
  }

  set cursor(cursor: string | null) {
    this.#cursor = cursor;
    this.#writeSoon();
  }

  /** What is to be told when the tab is looked at: a browser may take a hidden tab away, and `tell` says it is told. */
  get held(): readonly JobEvent[] {
    return this.#held;
  }

  set held(events: readonly JobEvent[]) {
    this.#held = events;
    this.#writeSoon();
  }

  /** True the first time that an id is given. */
  tell(id: string): boolean {
    if (this.#seen.has(id)) return false;
    this.#seen.add(id);
    if (this.#seen.size > SEEN_LIMIT) this.#seen = new Set([...this.#seen].slice(-SEEN_LIMIT / 2));
    this.#writeSoon();
    return true;
  }

  /** Writes now what is still to be written. */
  flush(): void {
    if (this.#writing === null) return;
    clearTimeout(this.#writing);
    this.#writing = null;
    this.#write("cursor", this.#cursor);
    this.#write("told", JSON.stringify([...this.#seen]));
    if (this.#held === this.#heldWritten) return;
    this.#heldWritten = this.#held;
    this.#write(HELD, this.#held.length > 0 ? JSON.stringify(this.#held) : null);
  }

  #writeSoon(): void {
    this.#writing ??= setTimeout(() => this.flush(), WRITE_EVERY_MS);
  }

  #read(name: string): string | null {
    try {
      return this.#storage?.getItem(this.#prefix + name) ?? null;
    } catch {
      return null;
    }
  }

  #write(name: string, value: string | null): void {
    try {
      if (value === null) this.#storage?.removeItem(this.#prefix + name);
      else this.#storage?.setItem(this.#prefix + name, value);
    } catch {
      // Full or forbidden: the tab still works, only a reload may repeat a toast.
    }
  }
}

function tabStorage(): Storage | null {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}

function parseList(stored: string | null): unknown[] {
  try {
    const list: unknown = JSON.parse(stored ?? "[]");
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

/** A page of another release may have kept something else. */
function isEvent(event: unknown): event is JobEvent {
  const { event: name, job } = (event ?? {}) as Partial<JobEvent>;
  return typeof name === "string" && typeof job?.id === "string" && typeof job.kind === "string";
}

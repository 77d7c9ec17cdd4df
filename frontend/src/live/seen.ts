// What must survive a reload of the tab and no longer: the place in the event log, and the outcomes already told.
const SEEN_LIMIT = 500;
/** Storage is slow and 500 events a second are not: what changed is written together, and before the tab goes. */
const WRITE_EVERY_MS = 250;

/** Kept per user, so that another sign-in in the same tab starts clean. Storage can be forbidden: then it is memory alone. */
export class TabMemory {
  readonly #prefix: string;
  readonly #storage: Storage | null;
  #cursor: string | null;
  #seen: Set<string>;
  #writing: ReturnType<typeof setTimeout> | null = null;

  constructor(userId: string, storage: Storage | null = tabStorage()) {
    this.#prefix = `jobyard.${userId}.`;
    this.#storage = storage;
    this.#cursor = this.#read("cursor");
    this.#seen = new Set(parseIds(this.#read("told")));
  }

  get cursor(): string | null {
    return this.#cursor;
  }

  set cursor(cursor: string | null) {
    this.#cursor = cursor;
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

function parseIds(stored: string | null): string[] {
  try {
    const ids: unknown = JSON.parse(stored ?? "[]");
    return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : [];
  } catch {
    return [];
  }
}

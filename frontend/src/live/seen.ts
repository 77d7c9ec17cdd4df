// What must survive a reload of the tab and no longer: the place in the event log, and the outcomes already told.
const SEEN_LIMIT = 500;

/** Kept per user, so that another sign-in in the same tab starts clean. Storage can be forbidden: then it is memory alone. */
export class TabMemory {
  readonly #prefix: string;
  readonly #storage: Storage | null;
  #cursor: string | null;
  #seen: Set<string>;

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
    this.#write("cursor", cursor);
  }

  /** True the first time that an id is given. */
  tell(id: string): boolean {
    if (this.#seen.has(id)) return false;
    this.#seen.add(id);
    if (this.#seen.size > SEEN_LIMIT) this.#seen = new Set([...this.#seen].slice(-SEEN_LIMIT / 2));
    this.#write("told", JSON.stringify([...this.#seen]));
    return true;
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

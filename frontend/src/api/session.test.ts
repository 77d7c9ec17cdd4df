import { beforeEach, describe, expect, it, vi } from "vitest";

type SessionModule = typeof import("./session");

const user = {
  id: "u1",
  email: "mara@example.org",
  name: "Mara",
  role: "user",
  email_verified: true,
  created_at: "2026-01-01T00:00:00Z",
};
let made = 0;
const signedIn = () =>
  Response.json({ user, access_token: `token-${++made}`, token_type: "Bearer", expires_in: 900 });

/** A lock manager for two 'tabs': modules loaded twice in this process share it, as tabs share a browser's. */
function sharedLocks() {
  let last: Promise<unknown> = Promise.resolve();
  return {
    request: (_name: string, _options: unknown, work: () => Promise<unknown>) => {
      const mine = last.then(work, work);
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}

/** A channel between 'tabs': each hears what the others say, and not itself. */
function sharedChannel() {
  const ends = new Set<EventTarget>();
  return class extends EventTarget {
    constructor() {
      super();
      ends.add(this);
    }
    postMessage(data: unknown) {
      for (const end of ends) {
        if (end !== this) queueMicrotask(() => end.dispatchEvent(new MessageEvent("message", { data })));
      }
    }
  };
}

async function openTab(): Promise<SessionModule> {
  vi.resetModules();
  return await import("./session");
}

describe("session", () => {
  beforeEach(() => {
    made = 0;
    localStorage.clear();
    Object.defineProperty(navigator, "locks", { value: sharedLocks(), configurable: true });
  });

  it("shares one renewal among all who ask at once", async () => {
    const fetch = vi.fn(async () => signedIn());
    vi.stubGlobal("fetch", fetch);
    const tab = await openTab();
    const tokens = await Promise.all([tab.freshToken(), tab.freshToken(), tab.freshToken()]);
    expect(tokens).toEqual(["token-1", "token-1", "token-1"]);
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it("lets one tab at a time renew: the second waits for the first", async () => {
    const running: string[] = [];
    const release: (() => void)[] = [];
    vi.stubGlobal("fetch", async () => {
      running.push("begin");
      await new Promise<void>((resolve) => release.push(resolve));
      running.push("end");
      return signedIn();
    });
    const first = await openTab();
    const second = await openTab();
    const both = [first.refresh(), second.refresh()];
    await vi.waitFor(() => expect(release).toHaveLength(1), { timeout: 30_000 });
    release[0]?.();
    await vi.waitFor(() => expect(release).toHaveLength(2), { timeout: 30_000 });
    release[1]?.();
    await Promise.all(both);
    expect(running).toEqual(["begin", "end", "begin", "end"]);
  });

  it("keeps a token that has life left, and renews one that has not", async () => {
    const fetch = vi.fn(async () => signedIn());
    vi.stubGlobal("fetch", fetch);
    const tab = await openTab();
    await tab.freshToken();
    await expect(tab.freshToken(60_000)).resolves.toBe("token-1");
    await expect(tab.freshToken(901_000)).resolves.toBe("token-2");
  });

  it("knows 401 for signed out, and does not take an absent server for it", async () => {
    const answers = [
      Response.json({ detail: "The database is away." }, { status: 503 }),
      Response.json({ detail: "No session." }, { status: 401 }),
    ];
    vi.stubGlobal("fetch", async () => answers.shift());
    const tab = await openTab();
    await expect(tab.refresh()).rejects.toMatchObject({ status: 503 });
    expect(tab.getSession().status).toBe("unknown");
    await tab.refresh();
    expect(tab.getSession().status).toBe("signed-out");
    await expect(tab.freshToken()).resolves.toBeNull();
  });

  it("is signed out here even when the server can't be told", async () => {
    vi.stubGlobal("fetch", async () => signedIn());
    const tab = await openTab();
    await tab.refresh();
    expect(tab.mayBeSignedIn()).toBe(true);
    vi.stubGlobal("fetch", async () => {
      throw new TypeError("Failed to fetch");
    });
    await expect(tab.signOut()).rejects.toMatchObject({ status: 0 });
    expect(tab.getSession().status).toBe("signed-out");
    expect(tab.mayBeSignedIn()).toBe(false);
  });

  it("takes another tab in when one signs in, and tells it when the session is over", async () => {
    const answers = [Response.json({ detail: "No session." }, { status: 401 }), signedIn()];
    vi.stubGlobal("BroadcastChannel", sharedChannel());
    vi.stubGlobal("fetch", async () => answers.shift());
    const first = await openTab();
    const second = await openTab();
    await second.refresh();
    expect(second.getSession().status).toBe("signed-out");
    first.enter({ user, access_token: "mine", token_type: "Bearer", expires_in: 900 } as never);
    await vi.waitFor(() => expect(second.getSession().status).toBe("signed-in"), { timeout: 30_000 });
    expect(first.getSession()).toMatchObject({ token: "mine" });
    first.leave();
    await vi.waitFor(() => expect(second.getSession().status).toBe("signed-out"), { timeout: 30_000 });
  });

  it("shows what is new of the user, and of nobody else", async () => {
    vi.stubGlobal("fetch", async () => signedIn());
    const tab = await openTab();
    await tab.refresh();
    tab.updateUser({ ...user, name: "Mara Lind" } as never);
    tab.updateUser({ ...user, id: "u2", name: "Jo" } as never);
    expect(tab.getSession()).toMatchObject({ user: { name: "Mara Lind" } });
  });

  it("puts the token in no storage", async () => {
    vi.stubGlobal("fetch", async () => signedIn());
    const tab = await openTab();
    await tab.freshToken();
    const stored = JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]);
    expect(stored).not.toContain("token-");
  });
});

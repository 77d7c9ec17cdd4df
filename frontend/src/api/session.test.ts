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
    await vi.waitFor(() => expect(release).toHaveLength(1));
    release[0]?.();
    await vi.waitFor(() => expect(release).toHaveLength(2));
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

  it("puts the token in no storage", async () => {
    vi.stubGlobal("fetch", async () => signedIn());
    const tab = await openTab();
    await tab.freshToken();
    const stored = JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]);
    expect(stored).not.toContain("token-");
  });
});

// Who is signed in. The access token lives in this module's memory alone: not in storage, where any script could read
// it, and never in a URL. A reload gets a new one by the refresh cookie, which scripts can't see.
import { ApiError } from "./ApiError";
import type { SignedIn, User } from "./types";

export type Session =
  | { status: "unknown" }
  | { status: "signed-out" }
  | { status: "signed-in"; user: User; token: string; expiresAt: number };

const REFRESH_LOCK = "jobyard:refresh";
const CHANNEL = "jobyard:session";
/** In localStorage: whether somebody signed in here and did not sign out. A hint only, to spare strangers a 401. */
const HINT = "jobyard.signed-in";
const ANSWER_WITHIN_MS = 15_000;
/** A token with less life than this is renewed before it is used, so that a slow request does not outlive it. */
const MIN_LIFE_MS = 20_000;

let session: Session = { status: "unknown" };
let refreshing: Promise<Session> | null = null;
const listeners = new Set<() => void>();
const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(CHANNEL);

channel?.addEventListener("message", (message: MessageEvent<unknown>) => {
  if (message.data === "signed-out") set({ status: "signed-out" });
  if (message.data === "signed-in") {
    // By another tab: the cookie is good now, or another user's. A server that is away leaves things as they are.
    refresh().catch(() => undefined);
  }
});

export function getSession(): Session {
  return session;
}

export function onSessionChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether asking for a token has a chance. A yes may be wrong, and so may a no where storage is forbidden. */
export function mayBeSignedIn(): boolean {
  try {
    return localStorage.getItem(HINT) !== null;
  } catch {
    return true;
  }
}

/** Takes the answer of sign-in or sign-up; the other tabs follow. */
export function enter(answer: SignedIn): Session {
  const entered = accept(answer);
  channel?.postMessage("signed-in");
  return entered;
}

/** What is known of the user has changed: another name, a confirmed address. */
export function updateUser(user: User): void {
  if (session.status === "signed-in" && session.user.id === user.id) set({ ...session, user });
}

/** The same for one's own renewal, of which the other tabs need not hear. */
export function accept(answer: SignedIn): Session {
  const expiresAt = Date.now() + answer.expires_in * 1000;
  return set({ status: "signed-in", user: answer.user, token: answer.access_token, expiresAt });
}

/** A token that is good for at least `lifeMs`, or null when nobody is signed in. Throws ApiError when it can't tell. */
export async function freshToken(lifeMs = MIN_LIFE_MS): Promise<string | null> {
  if (session.status === "signed-out") return null;
  if (session.status === "signed-in" && session.expiresAt - Date.now() > lifeMs) return session.token;
  return tokenOf(await refresh());
}

/**
 * Renews the access token by the cookie: the one place that does. Within a tab calls share one request; between tabs a
 * Web Lock lets one go at a time, since each use rotates the refresh token and a second use at once looks like theft.
 * The answer 'signed-out' is sure (401); a server that is away throws, and the session stays as it was.
 */
export function refresh(): Promise<Session> {
  refreshing ??= locked(requestRefresh).finally(() => {
    refreshing = null;
  });
  return refreshing;
}

/** Ends the session on the server, here and in the other tabs. Signed out here even if the server can't be reached. */
export async function signOut(): Promise<void> {
  try {
    await post("/logout");
  } finally {
    leave();
  }
}

/** The server has ended the session (a deleted account, a new password): here and in the other tabs too, then. */
export function leave(): void {
  set({ status: "signed-out" });
  channel?.postMessage("signed-out");
}

async function requestRefresh(): Promise<Session> {
  const response = await post("/token/refresh");
  if (response.ok) return accept((await response.json()) as SignedIn);
  const error = await ApiError.from(response);
  if (error.status === 401) return set({ status: "signed-out" });
  throw error;
}

async function post(path: string): Promise<Response> {
  try {
    return await fetch(path, {
      method: "POST",
      credentials: "same-origin",
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
  } catch (cause) {
    throw ApiError.unreachable(cause);
  }
}

async function locked<T>(work: () => Promise<T>): Promise<T> {
  // Plain http on another host than localhost has no Web Locks; the server forgives a reuse within 10 s.
  if (!navigator.locks) return work();
  try {
    return await navigator.locks.request(
      REFRESH_LOCK,
      { signal: AbortSignal.timeout(2 * ANSWER_WITHIN_MS) },
      work,
    );
  } catch (cause) {
    throw cause instanceof ApiError ? cause : ApiError.unreachable(cause);
  }
}

function set(next: Session): Session {
  session = next;
  try {
    if (next.status === "signed-in") localStorage.setItem(HINT, "1");
    if (next.status === "signed-out") localStorage.removeItem(HINT);
  } catch {
    // Forbidden storage: see mayBeSignedIn.
  }
  for (const listener of listeners) listener();
  return next;
}

function tokenOf(current: Session): string | null {
  return current.status === "signed-in" ? current.token : null;
}

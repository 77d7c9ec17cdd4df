import createClient from "openapi-fetch";
import { ApiError } from "./ApiError";
import { parseAnswer, stringifyExact } from "./exactJson";
import type { paths } from "./schema.gen";
import { freshToken, getSession, refresh } from "./session";

const ANSWER_WITHIN_MS = 30_000;

/** Calls that carry no access token: they are how one gets it. */
const OPEN_PATHS = new Set(["/signup", "/login", "/password/forgot", "/password/reset", "/email/verify"]);

/** The server's API, typed by its own OpenAPI document. Every call throws ApiError unless it succeeds. */
export const api = createClient<paths>({
  baseUrl: location.origin,
  credentials: "same-origin",
  fetch: fetchWithin(ANSWER_WITHIN_MS),
  // ?state=failed&state=running: api.md's filters are repeated, not comma-joined.
  querySerializer: { array: { style: "form", explode: true } },
  bodySerializer: (body) => stringifyExact(body),
});

/** For a small change whose answer nobody needs to stay for: who clicks and closes the page has still made it. */
export const EVEN_WHEN_LEFT = { keepalive: true } as const;

/** The body of a call, for what reads better without `const { data }`. */
export async function answer<T>(call: Promise<{ data?: T; response: Response }>): Promise<T> {
  const { data } = await call;
  // Errors were thrown below, and a call whose answer has no body (204) has T = undefined.
  return data as T;
}

/** The same for a call with `parseAs: "text"` whose answer holds people's own JSON: every number keeps its digits. */
export async function exactAnswer<T>(call: Promise<{ data?: string; response: Response }>): Promise<T> {
  const { data } = await call;
  return parseAnswer(data ?? "null") as T;
}

/** For the `fetch` of a call whose answer is long in coming. */
export function fetchWithin(ms: number): (request: Request) => Promise<Response> {
  return (request) => authorizedFetch(request, ms);
}

async function authorizedFetch(request: Request, within: number): Promise<Response> {
  const open = OPEN_PATHS.has(new URL(request.url).pathname);
  const again = request.clone();
  const first = await send(request, open ? null : await freshToken(), within);
  if (first.status !== 401 || open) return orThrow(first);

  // The token was refused before its time (revoked, a new signing key): one renewal, one more try.
  if ((await refresh()).status !== "signed-in") return orThrow(first);
  return orThrow(await send(again, tokenNow(), within));
}

async function send(request: Request, token: string | null, within: number): Promise<Response> {
  if (token !== null) request.headers.set("Authorization", `Bearer ${token}`);
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(within)]);
  try {
    return await fetch(request, { signal });
  } catch (cause) {
    // The caller itself gave up (a page was left): not a failure of the server.
    if (request.signal.aborted) throw cause;
    throw ApiError.unreachable(cause);
  }
}

async function orThrow(response: Response): Promise<Response> {
  if (response.ok) return response;
  throw await ApiError.from(response);
}

function tokenNow(): string | null {
  const session = getSession();
  return session.status === "signed-in" ? session.token : null;
}

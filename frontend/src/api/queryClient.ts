import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "./ApiError";
import { jobKeys } from "./jobKeys";

const TRIES = 2;
/** After this a person is told; see HEAL_MS for how the page comes back by itself. */
const LONGEST_WAIT_MS = 1_500;
/** What could not be read because the server was away is asked for again this often, while it is on screen. */
const HEAL_MS = 5_000;

/** One cache for the page. The socket keeps it current, so a return to a screen refetches quietly behind what is there. */
export function createQueryClient(): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 2_000,
        gcTime: 10 * 60_000,
        retry: (failures, error) => error instanceof ApiError && error.isPassing && failures < TRIES - 1,
        refetchInterval: ({ state }) =>
          state.status === "error" && state.error instanceof ApiError && state.error.isPassing
            ? HEAL_MS
            : false,
        retryDelay: (failures, error) => waitMs(failures, error),
        // Our own ApiError says 'no answer'; the browser's guess about being online is often wrong on a VPN.
        networkMode: "always",
      },
      mutations: { retry: false, networkMode: "always" },
    },
  });
  // Its jobs move up with each that comes: compared place by place, a thousand were copied several times a second.
  client.setQueryDefaults(jobKeys.heard, { structuralSharing: false });
  return client;
}

/** How long until the next try. The server's Retry-After when it gave one, else 0.5 s doubled; never longer than a person waits. */
export function waitMs(failures: number, error: Error): number {
  const asked = error instanceof ApiError ? error.retryAfterSeconds : null;
  return Math.min(asked === null ? 500 * 2 ** failures : asked * 1000, LONGEST_WAIT_MS);
}

import type { QueryClient } from "@tanstack/react-query";
import { createRouter } from "@tanstack/react-router";
import { mayBeSignedIn } from "./api/session";
import { routeTree } from "./routeTree.gen";
import { parseSearch, stringifySearch } from "./searchParams";
import { ScreenError } from "./shell/PageError";

export function createAppRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    basepath: "/app",
    context: { queryClient },
    defaultErrorComponent: ScreenError,
    defaultPreload: "intent",
    // The cache of answers is the query client's business alone.
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
    parseSearch,
    stringifySearch,
  });
}

/**
 * Fetches the script of the screen that the address names, beside the question who is signed in and not after its
 * answer. A stranger will be led to the door instead.
 */
export function fetchScreen(router: AppRouter): void {
  const [routes] = router.getMatchedRoutes(router.latestLocation.pathname);
  const isInside = routes.some(({ id }) => id === "/_yard");
  const needed = isInside && !mayBeSignedIn() ? [router.routesById["/sign-in"]] : routes;
  // Tables set ids in it: come late it has all that is on screen laid out once more.
  if (isInside && mayBeSignedIn()) void document.fonts?.load('12px "Geist Mono Variable"');
  for (const route of needed) {
    // The router asks again when it gets there, and tells whoever looks should it still be missing.
    router.loadRouteChunk(route)?.catch(() => undefined);
  }
}

export type AppRouter = ReturnType<typeof createAppRouter>;

declare module "@tanstack/react-router" {
  interface Register {
    router: AppRouter;
  }
}

// For tests: a screen at its place in the page, with the router's other places empty.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  type HistoryState,
  Outlet,
  RouterProvider,
  useSearch,
} from "@tanstack/react-router";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { parseSearch, stringifySearch } from "@/searchParams";

const PATHS = [
  "/",
  "/jobs",
  "/jobs/$id",
  "/jobs/new",
  "/notifications",
  "/settings",
  "/settings/api-keys",
  "/settings/notifications",
  "/sign-in",
  "/sign-up",
  "/forgot-password",
  "/dead-letters",
];

/** `screens` by path; `url` is where one begins, below /app, and `state` what its history entry holds. */
export async function showScreen(
  url: string,
  screens: Readonly<Record<string, (search: Record<string, unknown>) => ReactNode>>,
  state: HistoryState = {},
) {
  const root = createRootRoute({ component: Outlet });
  const routes = PATHS.map((path) =>
    createRoute({
      getParentRoute: () => root,
      path,
      validateSearch: (search: Record<string, unknown>) => search,
      component: function Screen() {
        const search = useSearch({ strict: false }) as Record<string, unknown>;
        return screens[path]?.(search);
      },
    }),
  );
  const history = createMemoryHistory({ initialEntries: [`/app${url}`] });
  if (Object.keys(state).length > 0) history.replace(`/app${url}`, state);
  const router = createRouter({
    routeTree: root.addChildren(routes),
    basepath: "/app",
    history,
    parseSearch,
    stringifySearch,
  });
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={queryClient}>
      {/* biome-ignore lint/suspicious/noExplicitAny: a small router in place of the page's registered one */}
      <RouterProvider router={router as any} />
    </QueryClientProvider>,
  );
  await router.load();
  return { history, queryClient, person: userEvent.setup() };
}

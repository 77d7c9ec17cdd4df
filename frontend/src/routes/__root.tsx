import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, Outlet } from "@tanstack/react-router";
import { NotFound } from "@/shell/NotFound";
import { PageError } from "@/shell/PageError";
import { Toasts } from "@/ui/Toasts";

export interface RouterContext {
  queryClient: QueryClient;
}

export const Route = createRootRouteWithContext<RouterContext>()({
  component: Root,
  notFoundComponent: NotFound,
  errorComponent: PageError,
});

function Root() {
  return (
    <>
      <Outlet />
      <Toasts />
    </>
  );
}

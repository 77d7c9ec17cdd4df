import { createFileRoute } from "@tanstack/react-router";
import { Overview } from "@/overview/Overview";
import { type OverviewSearch, overviewSearch } from "@/overview/search";

export const Route = createFileRoute("/_yard/")({
  validateSearch: (search): OverviewSearch => overviewSearch(search),
  component: Screen,
});

function Screen() {
  // The router lays what was validated over what the URL said: what was left out is still there.
  return <Overview search={overviewSearch({ ...Route.useSearch() })} />;
}

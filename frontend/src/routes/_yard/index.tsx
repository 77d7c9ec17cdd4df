import { createFileRoute } from "@tanstack/react-router";
import { jobCounts } from "@/api/jobs";
import { stats } from "@/api/stats";
import { Overview } from "@/overview/Overview";
import { type OverviewSearch, overviewSearch, WINDOWS } from "@/overview/search";

export const Route = createFileRoute("/_yard/")({
  validateSearch: (search): OverviewSearch => overviewSearch(search),
  // Its script may still be on its way, and need not be waited for.
  beforeLoad: ({ context: { queryClient }, search }) => {
    const { window, whose } = overviewSearch({ ...search });
    if (whose) return;
    void queryClient.prefetchQuery(jobCounts());
    void queryClient.prefetchQuery(stats(WINDOWS[window ?? "1h"].seconds));
  },
  component: Screen,
});

function Screen() {
  // The router lays what was validated over what the URL said: what was left out is still there.
  return <Overview search={overviewSearch({ ...Route.useSearch() })} />;
}

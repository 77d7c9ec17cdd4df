import { createFileRoute } from "@tanstack/react-router";
import { useMemo } from "react";
import { type JobsSearch, jobsSearch } from "@/jobs/table/filters";
import { JobsScreen } from "@/jobs/table/JobsScreen";
import { readAhead } from "@/jobs/table/readAhead";

export const Route = createFileRoute("/_yard/jobs/")({
  validateSearch: (search): JobsSearch => jobsSearch(search),
  // Not a loader: to that, other filters would be another screen.
  beforeLoad: ({ context: { queryClient }, search }) => readAhead(queryClient, jobsSearch({ ...search })),
  component: Jobs,
});

function Jobs() {
  // The router lays what was validated over what the URL said: what was left out is still there.
  const given = Route.useSearch();
  const search = useMemo(() => jobsSearch({ ...given }), [given]);
  return <JobsScreen search={search} />;
}

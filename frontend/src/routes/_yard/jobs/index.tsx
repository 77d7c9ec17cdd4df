import { createFileRoute } from "@tanstack/react-router";
import { useMemo } from "react";
import { type JobsSearch, jobsSearch } from "@/jobs/table/filters";
import { JobsScreen } from "@/jobs/table/JobsScreen";

export const Route = createFileRoute("/_yard/jobs/")({
  validateSearch: (search): JobsSearch => jobsSearch(search),
  component: Jobs,
});

function Jobs() {
  // The router lays what was validated over what the URL said: what was left out is still there.
  const given = Route.useSearch();
  const search = useMemo(() => jobsSearch({ ...given }), [given]);
  return <JobsScreen search={search} />;
}

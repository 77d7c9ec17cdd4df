import { createFileRoute } from "@tanstack/react-router";
import { type JobsSearch, jobsSearch } from "@/jobs/table/filters";
import { JobsScreen } from "@/jobs/table/JobsScreen";

export const Route = createFileRoute("/_yard/jobs/")({
  validateSearch: (search): JobsSearch => jobsSearch(search),
  component: Jobs,
});

function Jobs() {
  return <JobsScreen search={Route.useSearch()} />;
}

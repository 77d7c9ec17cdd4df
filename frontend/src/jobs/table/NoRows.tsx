import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { jobCounts } from "@/api/jobs";
import { ButtonLink } from "@/ui/Button";
import { Empty } from "@/ui/Empty";
import { hasFilters, type JobsSearch, noMatchTitle } from "./filters";
import { countText, sumOf } from "./StateTabs";

/** Nothing to show: because there is nothing yet, or because of the filters; then how many there are without them. */
export function NoRows({ search }: { search: JobsSearch }) {
  const counts = useQuery(jobCounts()).data;
  if (!hasFilters(search)) {
    return (
      <Empty
        art="yours"
        title="Nothing in the yard yet"
        actions={
          <ButtonLink to="/jobs/new" icon={<Plus aria-hidden="true" />}>
            New job
          </ButtonLink>
        }
      >
        Jobs that you submit stand here, from waiting to done, and change as they run.
      </Empty>
    );
  }
  const all = counts && sumOf(counts, undefined);
  const { state: _state, ...others } = search;
  return (
    <Empty
      title={noMatchTitle(search)}
      actions={
        <>
          {search.state && hasFilters(others) && (
            <ButtonLink to="/jobs" search={others}>
              In any state
            </ButtonLink>
          )}
          <ButtonLink to="/jobs" search={{}} look={hasFilters(others) ? "ghost" : "plain"}>
            {counts && all ? `Show all ${countText(all, counts)}` : "Clear filters"}
          </ButtonLink>
        </>
      }
    >
      {counts && all
        ? `Without the filters there ${all === 1 ? "is" : "are"} ${countText(all, counts)}.`
        : null}
    </Empty>
  );
}

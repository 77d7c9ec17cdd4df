import { useQueryClient } from "@tanstack/react-query";
import { Layers, ListChecks, Plus } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { LiveDot } from "@/shell/LiveDot";
import { usePageTitle } from "@/shell/usePageTitle";
import { Button, ButtonLink } from "@/ui/Button";
import { Kbd } from "@/ui/Kbd";
import { Head } from "@/ui/Panel";
import { resumeOperations } from "../bulk/operations";
import { useCompact } from "./density";
import { FilterBar } from "./FilterBar";
import { filtersOf, type JobsSearch, valueWords } from "./filters";
import { JobsTable } from "./JobsTable";
import { StateTabs } from "./StateTabs";

/** All jobs of the user: what is where, what went wrong, and what to do about many at once. */
export function JobsScreen({ search }: { search: JobsSearch }) {
  usePageTitle(search.state ? `${valueWords("state", search.state).join(", ")} jobs` : "Jobs");
  // 'In the last 24 h' is counted from here on: the list, the counts and an action on all of them mean the same jobs.
  const filters = useMemo(() => filtersOf(search, Date.now()), [search]);
  const queryClient = useQueryClient();
  useEffect(() => void resumeOperations(queryClient), [queryClient]);
  const [compact, setCompact] = useCompact();
  const [picking, setPicking] = useState(false);
  const [choosing, setChoosing] = useState(false);
  return (
    <>
      <Head
        title="Jobs"
        end={
          <>
            {search.state?.length === 1 && search.state[0] === "failed" && (
              <ButtonLink to="/dead-letters" look="ghost" icon={<Layers aria-hidden="true" />}>
                By error
              </ButtonLink>
            )}
            <Button
              look="ghost"
              className="md:hidden"
              aria-pressed={choosing}
              icon={<ListChecks aria-hidden="true" />}
              onClick={() => setChoosing(!choosing)}
            >
              {choosing ? "Done" : "Select"}
            </Button>
            <ButtonLink
              to="/jobs/new"
              // One filled hi-vis button in sight: while rows are picked it is the bulk bar's.
              look={picking ? "plain" : "go"}
              icon={<Plus aria-hidden="true" />}
              className="max-md:hidden"
            >
              New job
              <Kbd className={picking ? "" : "border-[rgb(26_29_5/.28)]! bg-transparent! text-hv-ink!"}>
                n
              </Kbd>
            </ButtonLink>
          </>
        }
      >
        <LiveDot />
      </Head>
      <StateTabs search={search} filters={filters} />
      <FilterBar search={search} compact={compact} onCompact={setCompact} />
      {/* Other filters are another table: picked rows, the cursor and the scroll begin anew. */}
      <JobsTable
        key={JSON.stringify(search)}
        search={search}
        filters={filters}
        compact={compact}
        choosing={choosing}
        onPicking={setPicking}
      />
    </>
  );
}

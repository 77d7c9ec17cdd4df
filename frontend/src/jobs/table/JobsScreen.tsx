import { ListChecks, Plus } from "lucide-react";
import { useState } from "react";
import { LiveDot } from "@/shell/LiveDot";
import { usePageTitle } from "@/shell/usePageTitle";
import { Button, ButtonLink } from "@/ui/Button";
import { Kbd } from "@/ui/Kbd";
import { Head } from "@/ui/Panel";
import { useCompact } from "./density";
import { FilterBar } from "./FilterBar";
import { type JobsSearch, valueWords } from "./filters";
import { JobsTable } from "./JobsTable";
import { StateTabs, useTabCounts } from "./StateTabs";

/** All jobs of the user: what is where, what went wrong, and what to do about many at once. */
export function JobsScreen({ search }: { search: JobsSearch }) {
  usePageTitle(search.state ? `${valueWords("state", search.state).join(", ")} jobs` : "Jobs");
  const counts = useTabCounts(search);
  const [compact, setCompact] = useCompact();
  const [picking, setPicking] = useState(false);
  const [choosing, setChoosing] = useState(false);
  return (
    <>
      <Head
        title="Jobs"
        end={
          <>
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
      <StateTabs search={search} counts={counts} />
      <FilterBar search={search} compact={compact} onCompact={setCompact} />
      {/* Other filters are another table: picked rows, the cursor and the scroll begin anew. */}
      <JobsTable
        key={JSON.stringify(search)}
        search={search}
        counts={counts}
        compact={compact}
        choosing={choosing}
        onPicking={setPicking}
      />
    </>
  );
}

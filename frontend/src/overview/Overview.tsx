import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { jobCounts, jobsList } from "@/api/jobs";
import { STATES } from "@/jobs/stateMeta";
import { LiveDot } from "@/shell/LiveDot";
import { usePageTitle } from "@/shell/usePageTitle";
import { ButtonLink } from "@/ui/Button";
import { ErrorState } from "@/ui/ErrorState";
import { Kbd } from "@/ui/Kbd";
import { Body, Head } from "@/ui/Panel";
import { Activity } from "./Activity";
import { FirstRun } from "./FirstRun";
import { FromCode } from "./FromCode";
import { NeedsYou } from "./NeedsYou";
import { RunningNow } from "./RunningNow";
import { YardStrip, YardStripSkeleton } from "./YardStrip";

/** With so few jobs one is still finding out how this works. */
const STILL_NEW = 10;

/** What needs me now, what is where, what just happened. */
export function Overview() {
  usePageTitle("Overview");
  const counts = useQuery(jobCounts());
  const total = counts.data && STATES.reduce((sum, state) => sum + counts.data[state], 0);
  const empty = total === 0;
  return (
    <>
      <Head
        title="Overview"
        end={
          !empty &&
          !counts.isPending && (
            <ButtonLink to="/jobs/new" look="go" icon={<Plus aria-hidden="true" />} className="max-md:hidden">
              New job
              <Kbd className="border-[rgb(26_29_5/.28)]! bg-transparent! text-hv-ink!">n</Kbd>
            </ButtonLink>
          )
        }
      >
        <LiveDot />
      </Head>
      {counts.isError && !counts.data ? (
        <ErrorState
          title="The overview could not be read"
          error={counts.error}
          onRetry={() => void counts.refetch()}
          retrying={counts.isFetching}
        />
      ) : empty ? (
        <FirstRun />
      ) : (
        <Body>
          <NeedsYou total={counts.data?.failed ?? 0} />
          {counts.data ? <YardStrip counts={counts.data} /> : <YardStripSkeleton />}
          <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)] xl:gap-5">
            <LatestJobs />
            <RunningNow />
          </div>
          {total !== undefined && total <= STILL_NEW && <FromCode />}
        </Body>
      )}
    </>
  );
}

const LATEST = 10;

function LatestJobs() {
  const latest = useInfiniteQuery(jobsList({}, { limit: LATEST, live: "refetch" }));
  const jobs = latest.data?.pages[0]?.items;
  return (
    <Activity
      jobs={jobs}
      error={latest.isError && !jobs ? latest.error : null}
      onRetry={() => void latest.refetch()}
    />
  );
}

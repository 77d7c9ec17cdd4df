import { useQuery } from "@tanstack/react-query";
import { ApiError } from "@/api/ApiError";
import type { Json } from "@/api/exactJson";
import { jobAttempts, jobDetail } from "@/api/jobs";
import type { Job } from "@/api/types";
import { usePageTitle } from "@/shell/usePageTitle";
import { Button, ButtonLink } from "@/ui/Button";
import { Empty } from "@/ui/Empty";
import { ErrorState } from "@/ui/ErrorState";
import { Skeleton, SkeletonGroup } from "@/ui/Skeleton";
import { STATE_META } from "../stateMeta";
import { Attempts } from "./Attempts";
import { ActionBar, JobHeader, PhoneHead } from "./JobHeader";
import { JsonCard } from "./JsonCard";
import { Properties } from "./Properties";
import { Timeline } from "./Timeline";
import { useJobActions } from "./useJobActions";

/** One job, live: why it is where it is, its way there, what it was given and what it gave. */
export function JobPage({ id }: { id: string }) {
  const job = useQuery(jobDetail(id));
  if (job.data) return <Loaded job={job.data} />;
  return (
    <>
      <PhoneHead id={id} />
      {job.error instanceof ApiError && (job.error.status === 404 || job.error.status === 422) ? (
        <Gone />
      ) : job.isError ? (
        <ErrorState
          title="The job could not be read"
          heading="h1"
          error={job.error}
          onRetry={() => void job.refetch()}
          retrying={job.isFetching}
        />
      ) : (
        <Loading />
      )}
    </>
  );
}

function Loaded({ job }: { job: Job }) {
  usePageTitle(`${job.kind}, ${STATE_META[job.state].word.toLowerCase()}`);
  const attempts = useQuery(jobAttempts(job.id));
  const actions = useJobActions(job);
  const runs = attempts.data?.items ?? [];
  const result = job.result as Json | undefined;
  return (
    <>
      <PhoneHead id={job.id} onCopy={actions.copyId} />
      <div className="flex min-h-0 flex-1 flex-col max-lg:block max-lg:overflow-auto">
        <JobHeader job={job} actions={actions} />
        <div className="grid min-h-0 flex-1 max-lg:block lg:grid-cols-[minmax(0,1fr)_var(--rail-w)]">
          <div className="flex min-w-0 flex-col gap-3 overflow-auto px-4 py-3 md:gap-4 md:px-5 md:py-4 [&>*]:flex-none">
            {attempts.isError && !attempts.data && (
              <p role="alert" className="flex items-center gap-3 text-fg-2">
                The attempts could not be read.
                <Button size="sm" busy={attempts.isFetching} onClick={() => void attempts.refetch()}>
                  Try again
                </Button>
              </p>
            )}
            {runs.length > 0 && <Attempts key={job.id} job={job} attempts={runs} />}
            {job.state === "completed" && <JsonCard title="Result" value={result ?? null} />}
            <JsonCard title="Payload" value={(job.payload ?? null) as Json} />
          </div>
          <aside
            aria-label="Timeline and properties"
            className="overflow-auto border-t bg-surface-2 px-4 py-4 md:px-5 lg:border-t-0 lg:border-l"
          >
            <h2 className="mb-2.5 text-13 font-semi">Timeline</h2>
            <Timeline job={job} attempts={runs} />
            <hr className="my-3.5" />
            <h2 className="mb-2.5 text-13 font-semi">Properties</h2>
            <Properties job={job} />
          </aside>
        </div>
      </div>
      <ActionBar job={job} actions={actions} />
    </>
  );
}

function Gone() {
  usePageTitle("No such job");
  return (
    <>
      <h1 className="sr-only">Job</h1>
      <Empty art="cut" title="No such job here" actions={<ButtonLink to="/jobs">Go to your jobs</ButtonLink>}>
        It is not there, or it is not yours. A link to somebody else's job leads here too.
      </Empty>
    </>
  );
}

function Loading() {
  usePageTitle("Job");
  return (
    <SkeletonGroup className="flex flex-1 flex-col">
      <div className="flex flex-col gap-4 border-b px-5 py-5">
        <Skeleton className="w-32" />
        <Skeleton className="h-5 w-56" />
        <span className="block h-[70px] animate-skeleton rounded-card bg-surface-3" />
      </div>
      <div className="flex flex-col gap-4 p-5">
        <Skeleton className="w-64" />
        <Skeleton className="w-96 max-w-full" />
        <Skeleton className="w-72" />
        <Skeleton className="w-80" />
      </div>
    </SkeletonGroup>
  );
}

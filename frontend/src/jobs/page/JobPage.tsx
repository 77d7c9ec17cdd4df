import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect } from "react";
import { ApiError } from "@/api/ApiError";
import type { Json } from "@/api/exactJson";
import { jobAttempts, jobDetail, jobEvents } from "@/api/jobs";
import type { Job } from "@/api/types";
import { noteLookedAt } from "@/live/lookedAt";
import { usePageTitle } from "@/shell/usePageTitle";
import { Button, ButtonLink } from "@/ui/Button";
import { cx } from "@/ui/cx";
import { Empty } from "@/ui/Empty";
import { ErrorState } from "@/ui/ErrorState";
import { Skeleton, SkeletonGroup } from "@/ui/Skeleton";
import { ConfirmBulk } from "../bulk/ConfirmBulk";
import { STATE_META } from "../stateMeta";
import { Attempts } from "./Attempts";
import { EditDialog } from "./EditDialog";
import { ActionBar, JobHeader, PhoneHead } from "./JobHeader";
import { JsonCard } from "./JsonCard";
import { PayloadCard } from "./PayloadCard";
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
  useEffect(() => noteLookedAt(job), [job]);
  const attempts = useQuery(jobAttempts(job.id));
  const events = useQuery(jobEvents(job.id));
  const actions = useJobActions(job);
  const runs = attempts.data?.items ?? [];
  return (
    <>
      <PhoneHead id={job.id} actions={actions} />
      <div className="flex min-h-0 flex-1 flex-col max-lg:block max-lg:overflow-auto">
        <JobHeader job={job} actions={actions} />
        <div className="grid min-h-0 flex-1 max-lg:block lg:grid-cols-[minmax(0,1fr)_var(--rail-w)]">
          <div className="flex min-w-0 flex-col gap-3 overflow-auto px-4 py-3 md:gap-4 md:px-5 md:py-4 [&>*]:flex-none">
            {attempts.isError && !attempts.data && <Unread what="The attempts" query={attempts} />}
            {runs.length > 0 && <Attempts key={job.id} job={job} attempts={runs} />}
            {job.state === "completed" && (
              <JsonCard title="Result" value={(job.result as Json | undefined) ?? null} />
            )}
            {job.started_at && (
              // On top while it runs; the same one after, with what was looked for in it.
              <div className={cx("empty:hidden", job.state === "running" && "-order-1")}>
                <Suspense fallback={null}>
                  <Logs job={job} />
                </Suspense>
              </div>
            )}
            <PayloadCard job={job} />
          </div>
          <aside
            aria-label="Timeline and properties"
            className="overflow-auto border-t bg-surface-2 px-4 py-4 md:px-5 lg:border-t-0 lg:border-l"
          >
            <h2 className="mb-2.5 text-13 font-semi">Timeline</h2>
            {events.isError && !events.data && <Unread what="The timeline" query={events} />}
            {events.data && <Timeline job={job} events={events.data.items} />}
            <hr className="my-3.5" />
            <h2 className="mb-2.5 text-13 font-semi">Properties</h2>
            <Properties job={job} />
          </aside>
        </div>
      </div>
      <ActionBar job={job} actions={actions} />
      <EditDialog job={job} actions={actions} />
      <ConfirmBulk
        ask={actions.asking === "discard" ? DISCARD_THIS : null}
        busy={actions.busy === "discard"}
        onConfirm={actions.discard}
        onClose={actions.close}
      />
    </>
  );
}

const DISCARD_THIS = { verb: "discard", number: 1 } as const;

/** The virtual list of lines is not needed to see what a job is about. */
const Logs = lazy(() => import("./Logs"));

function Unread({ what, query }: { what: string; query: { isFetching: boolean; refetch: () => unknown } }) {
  return (
    <p role="alert" className="flex items-center gap-3 text-fg-2">
      {what} could not be read.
      <Button size="sm" busy={query.isFetching} onClick={() => void query.refetch()}>
        Try again
      </Button>
    </p>
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

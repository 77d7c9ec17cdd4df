import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { jobsList } from "@/api/jobs";
import type { JobSummary } from "@/api/types";
import { Bar } from "@/ui/Bar";
import { Card } from "@/ui/Card";
import { ErrorState } from "@/ui/ErrorState";
import { SkeletonRows } from "@/ui/Skeleton";
import { useNow } from "@/ui/Time";
import { duration } from "@/ui/time";
import { visible } from "@/ui/visible";

const SHOWN = 8;

/** What runs at this moment, with how far each has come. */
export function RunningNow() {
  const running = useInfiniteQuery(jobsList({ state: ["running"] }, { limit: SHOWN, live: "refetch" }));
  // One that ended a moment ago is still in the answer until it is read anew.
  const jobs = running.data?.pages[0]?.items.filter((job) => job.state === "running");
  return (
    <Card title="Running now">
      {running.isError && !jobs ? (
        <ErrorState
          title="What runs could not be read"
          error={running.error}
          onRetry={() => void running.refetch()}
        />
      ) : !jobs ? (
        <SkeletonRows rows={3} rowClass="px-3.5" />
      ) : jobs.length === 0 ? (
        <p className="px-3.5 py-6 text-center text-fg-3">Nothing runs at this moment.</p>
      ) : (
        <ul>
          {jobs.map((job) => (
            <li key={job.id} className="not-first:border-t">
              <Row job={job} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Row({ job }: { job: JobSummary }) {
  const now = useNow();
  const fraction = job.progress?.fraction ?? null;
  return (
    <Link
      to="/jobs/$id"
      params={{ id: job.id }}
      data-tone="running"
      className="grid min-h-11 grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 gap-y-1.5 px-3.5 py-2 -outline-offset-2! transition-colors duration-90 hover:bg-surface-2"
    >
      <span className="truncate">
        <span className="font-strong">{job.kind}</span>{" "}
        <span className="text-fg-3">
          {job.cancel_requested ? "is asked to stop" : visible(job.progress?.message ?? "")}
        </span>
      </span>
      <span className="text-12 text-fg-3">
        {job.started_at && duration(Math.max(0, now - Date.parse(job.started_at)))}
      </span>
      {fraction !== null && (
        <Bar label={`Progress of ${job.kind}`} fraction={fraction} className="col-span-2" />
      )}
    </Link>
  );
}

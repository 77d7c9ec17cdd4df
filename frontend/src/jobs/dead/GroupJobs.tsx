import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { RotateCw, Trash2 } from "lucide-react";
import { useState } from "react";
import { jobsList } from "@/api/jobs";
import type { JobFilters, JobSummary } from "@/api/types";
import { Button } from "@/ui/Button";
import { IconButton } from "@/ui/IconButton";
import { SkeletonRows } from "@/ui/Skeleton";
import { RelativeTime } from "@/ui/Time";
import { count, duration } from "@/ui/time";
import { visible } from "@/ui/visible";
import { ConfirmBulk } from "../bulk/ConfirmBulk";
import { useBulkJobs } from "../bulk/useBulkJobs";
import { errorLine, idTail, tookMs } from "../jobText";
import { PriorityBars } from "../Priority";
import { jobsSearch } from "../table/filters";

const SHOWN = 5;

/** The latest jobs of a group, each to look at, to retry or to discard by itself. */
export function GroupJobs({ filters, total }: { filters: JobFilters; total: number }) {
  const list = useInfiniteQuery(jobsList(filters, { limit: SHOWN, live: "refetch" }));
  const bulk = useBulkJobs();
  const [discarding, setDiscarding] = useState<JobSummary | null>(null);
  const jobs = list.data?.pages[0]?.items.filter((job) => job.state === "failed");
  if (list.isError && !jobs) {
    return (
      <p role="alert" className="flex items-center gap-3 px-3.5 py-3 text-fg-2 md:pl-11">
        The jobs could not be read.
        <Button size="sm" busy={list.isFetching} onClick={() => void list.refetch()}>
          Try again
        </Button>
      </p>
    );
  }
  if (!jobs) return <SkeletonRows rows={Math.min(total, SHOWN)} rowClass="md:pl-11" />;
  return (
    <>
      <ul>
        {jobs.map((job) => (
          <li key={job.id} className="border-b last:border-b-0">
            <Row
              job={job}
              busy={bulk.busy !== null}
              onRetry={() => void bulk.run("retry", { jobs: [job] })}
              onDiscard={() => setDiscarding(job)}
            />
          </li>
        ))}
      </ul>
      {total > jobs.length && (
        <p className="border-t px-3.5 py-2 md:pl-11">
          <Link to="/jobs" search={jobsSearch({ ...filters })} className="link">
            Show all {count(total)}
          </Link>
        </p>
      )}
      <ConfirmBulk
        ask={discarding && { verb: "discard", number: 1 }}
        busy={bulk.busy !== null}
        onConfirm={() => {
          if (!discarding) return;
          void bulk.run("discard", { jobs: [discarding] }).then((taken) => taken && setDiscarding(null));
        }}
        onClose={() => setDiscarding(null)}
      />
    </>
  );
}

function Row({
  job,
  busy,
  onRetry,
  onDiscard,
}: {
  job: JobSummary;
  busy: boolean;
  onRetry: () => void;
  onDiscard: () => void;
}) {
  const took = tookMs(job, 0);
  return (
    <div className="relative grid min-h-11 grid-cols-[64px_minmax(0,1fr)_auto] items-center gap-x-3 px-3.5 hover:bg-surface-2 md:min-h-9 md:grid-cols-[64px_minmax(0,1fr)_24px_40px_68px_72px_auto] md:pl-11">
      <Link
        to="/jobs/$id"
        params={{ id: job.id }}
        aria-label={`Open job ${idTail(job.id)}`}
        className="code-12 text-fg-2 after:absolute after:inset-0"
      >
        {idTail(job.id)}
      </Link>
      <span className="min-w-0 truncate text-fg-2">{note(job)}</span>
      <span className="flex max-md:hidden">
        <PriorityBars priority={job.priority} label />
      </span>
      <span className="text-fg-2 max-md:hidden">
        {job.attempt}/{job.max_attempts}
      </span>
      <span className="text-right text-fg-2 max-md:hidden">{took === null ? "" : duration(took)}</span>
      <span className="text-right text-fg-2 max-md:hidden">
        <RelativeTime at={job.finished_at ?? job.created_at} />
      </span>
      <span className="relative z-1 flex">
        <IconButton
          label={`Retry job ${idTail(job.id)}`}
          disabled={busy}
          icon={<RotateCw aria-hidden="true" />}
          onClick={onRetry}
        />
        <IconButton
          label={`Discard job ${idTail(job.id)}`}
          disabled={busy}
          icon={<Trash2 aria-hidden="true" />}
          onClick={onDiscard}
        />
      </span>
    </div>
  );
}

/** What tells it from the others of its group: its tags and worker, else its own message. */
function note(job: JobSummary): string {
  const said = [...job.tags, job.worker].filter((word) => word !== null && word !== "");
  return said.length > 0 ? visible(said.join(", ")) : errorLine(job.error);
}

import { Link } from "@tanstack/react-router";
import { ArrowRight } from "lucide-react";
import type { JobSummary } from "@/api/types";
import { StateIcon } from "@/jobs/StateBadge";
import { STATE_META } from "@/jobs/stateMeta";
import { ButtonLink } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { ErrorState } from "@/ui/ErrorState";
import { SkeletonRows } from "@/ui/Skeleton";
import { RelativeTime, useNow } from "@/ui/Time";
import { duration, relativeTime } from "@/ui/time";
import { visible } from "@/ui/visible";

/** The latest jobs, each with what became of it in a few words. */
export function Activity({
  jobs,
  error,
  onRetry,
}: {
  jobs: readonly JobSummary[] | undefined;
  error: unknown;
  onRetry: () => void;
}) {
  return (
    <Card
      title="Activity"
      end={
        <ButtonLink size="sm" look="ghost" to="/jobs">
          All jobs
          <ArrowRight className="size-3.5!" aria-hidden="true" />
        </ButtonLink>
      }
    >
      {error ? (
        <ErrorState title="The latest jobs could not be read" error={error} onRetry={onRetry} />
      ) : jobs ? (
        <ul>
          {jobs.map((job) => (
            <li key={job.id} className="not-first:border-t">
              <Row job={job} />
            </li>
          ))}
        </ul>
      ) : (
        <SkeletonRows rows={6} rowClass="px-3.5" />
      )}
    </Card>
  );
}

function Row({ job }: { job: JobSummary }) {
  const now = useNow();
  return (
    <Link
      to="/jobs/$id"
      params={{ id: job.id }}
      className="flex min-h-11 items-center gap-2.5 px-3.5 -outline-offset-2! transition-colors duration-90 hover:bg-surface-2 md:min-h-9"
    >
      <StateIcon state={job.state} fraction={job.progress?.fraction} />
      <span className="min-w-0 flex-1 truncate">
        <span className="sr-only">{STATE_META[job.state].word}: </span>
        <span className="font-strong">{job.kind}</span>{" "}
        <span className="text-fg-3">{visible(becameOf(job, now))}</span>
      </span>
      <RelativeTime at={latestMoment(job)} className="text-12 text-fg-3" />
    </Link>
  );
}

/** 'completed in 6 m 02 s', 'failed: ConnectTimeout', 'attempt 4 of 5 in 41 s'. */
function becameOf(job: JobSummary, now: number): string {
  switch (job.state) {
    case "scheduled":
      return Date.parse(job.run_at) > now ? `starts ${relativeTime(Date.parse(job.run_at), now)}` : "is due";
    case "pending":
      return "waits for its turn";
    case "running":
      return job.cancel_requested ? "is asked to stop" : (job.progress?.message ?? "runs");
    case "retrying":
      return `attempt ${job.attempt + 1} of ${job.max_attempts} ${Date.parse(job.run_at) > now ? relativeTime(Date.parse(job.run_at), now) : "is due"}`;
    case "completed":
      return `completed${took(job)}`;
    case "failed":
      return job.error ? `failed: ${job.error.type}` : "failed";
    case "cancelled":
      return `cancelled${job.started_at ? took(job, " after ") : ""}`;
  }
}

function took(job: JobSummary, word = " in "): string {
  if (!job.started_at || !job.finished_at) return "";
  return word + duration(Date.parse(job.finished_at) - Date.parse(job.started_at));
}

function latestMoment(job: JobSummary): string {
  return job.finished_at ?? (job.state === "running" ? job.started_at : null) ?? job.created_at;
}

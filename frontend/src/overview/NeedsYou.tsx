import { useInfiniteQuery } from "@tanstack/react-query";
import { OctagonX, RotateCw } from "lucide-react";
import { useRetryJobs } from "@/api/jobMutations";
import { jobsList } from "@/api/jobs";
import { Button, ButtonLink } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Badge } from "@/ui/Pill";
import { RelativeTime } from "@/ui/Time";
import { count } from "@/ui/time";
import { type FailureGroup, groupFailures } from "./failureGroups";

/** How many failed jobs are read to be grouped, and how many groups are shown. */
const READ = 100;
const SHOWN = 4;

/** Failed jobs by what went wrong, each with its remedy. Gone when there are none. */
export function NeedsYou({ total }: { total: number }) {
  const failed = useInfiniteQuery(jobsList({ state: ["failed"] }, { limit: READ, live: "refetch" }));
  const groups = groupFailures(failed.data?.pages.flatMap((page) => page.items) ?? []);
  if (groups.length === 0) return null;
  const rest = Math.max(0, total - groups.slice(0, SHOWN).reduce((sum, group) => sum + group.jobs.length, 0));
  return (
    <Card
      title="Needs you"
      note={
        <Badge label={groups.length === 1 ? "1 group of failures" : `${groups.length} groups of failures`}>
          {count(groups.length)}
        </Badge>
      }
    >
      <ul>
        {groups.slice(0, SHOWN).map((group) => (
          <FailureRow key={group.key} group={group} />
        ))}
        {rest > 0 && (
          <li className="flex min-h-10 items-center border-t pr-2 pl-11 text-fg-3">
            <span className="flex-1">{count(rest)} more failed jobs</span>
            <ButtonLink size="sm" look="ghost" to="/jobs" search={{ state: ["failed"] }}>
              Open
            </ButtonLink>
          </li>
        )}
      </ul>
    </Card>
  );
}

function FailureRow({ group }: { group: FailureGroup }) {
  const { kind, type, message, jobs, lastAt } = group;
  const only = jobs.length === 1 ? jobs[0] : undefined;
  return (
    <li
      data-tone="failed"
      className="grid min-h-11 grid-cols-[20px_minmax(0,1fr)] items-center gap-x-2.5 px-3.5 py-2.5 not-first:border-t md:grid-cols-[20px_minmax(0,1fr)_auto] md:py-0 md:pr-2"
    >
      <OctagonX
        className="size-[18px] self-start text-tone md:self-center"
        strokeWidth={1.75}
        aria-hidden="true"
      />
      <p className="min-w-0 wrap-anywhere md:truncate">
        <b className="font-semi">
          {only ? `${kind} failed.` : `${count(jobs.length)} ${kind} jobs failed the same way.`}
        </b>{" "}
        <span className="text-fg-3" title={message}>
          {type}: {message.slice(0, 160).replace(/\.$/, "")}. {only ? "" : "The last one "}
          <RelativeTime at={lastAt} />.
        </span>
      </p>
      <div className="max-md:col-start-2 max-md:mt-2 flex gap-1 max-md:flex-row-reverse max-md:justify-end">
        {only ? (
          <ButtonLink size="sm" look="ghost" to="/jobs/$id" params={{ id: only.id }}>
            Open
          </ButtonLink>
        ) : (
          <ButtonLink size="sm" look="ghost" to="/jobs" search={{ state: ["failed"], kind: [kind] }}>
            Open
          </ButtonLink>
        )}
        <RetryGroup ids={jobs.map((job) => job.id)} />
      </div>
    </li>
  );
}

function RetryGroup({ ids }: { ids: string[] }) {
  const retry = useRetryJobs();
  return (
    <>
      {retry.isError && <span className="self-center px-1 text-12 text-failed">{retry.error.message}</span>}
      <Button
        size="sm"
        icon={<RotateCw aria-hidden="true" />}
        busy={retry.isPending}
        onClick={() => retry.mutate(ids)}
      >
        {ids.length === 1 ? "Retry" : `Retry ${count(ids.length)}`}
      </Button>
    </>
  );
}

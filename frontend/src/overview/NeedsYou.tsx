import { useQueries, useQuery } from "@tanstack/react-query";
import { OctagonX, RotateCw, Unplug } from "lucide-react";
import type { ReactNode } from "react";
import { jobCounts, jobErrors, kinds } from "@/api/jobs";
import type { ErrorGroup, JobCounts } from "@/api/types";
import { useBulkJobs } from "@/jobs/bulk/useBulkJobs";
import { Button, ButtonLink } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Badge } from "@/ui/Pill";
import { RelativeTime } from "@/ui/Time";
import { count } from "@/ui/time";
import { visible } from "@/ui/visible";

/** Of the groups of failures. */
const SHOWN = 4;
/** The server groups the newest so many failures: beyond them a group may be larger than it says. */
const GROUPED = 2_000;
/** Kinds that nobody runs are asked about one by one. */
const ASKED = 5;
/** Workers come and go without a word to the page. */
const KINDS_EVERY_MS = 30_000;
const MESSAGE_LENGTH = 160;

/** What will not get better by itself, each with its remedy. Gone when there is nothing. */
export function NeedsYou({ counts }: { counts: JobCounts | undefined }) {
  const failed = counts?.failed ?? 0;
  const errors = useQuery({ ...jobErrors(), enabled: failed > 0 });
  const groups = failed > 0 ? (errors.data?.items ?? []) : [];
  const stuck = useStuckKinds(counts?.pending ?? 0);
  const unread = failed > 0 && errors.isError && !errors.data;
  const things = groups.length + stuck.length;
  if (things === 0 && !unread) return null;
  const shown = groups.slice(0, SHOWN);
  const rest = Math.max(0, failed - shown.reduce((sum, group) => sum + group.count, 0));
  return (
    <Card
      title="Needs you"
      note={
        things > 0 && <Badge label={things === 1 ? "1 thing" : `${things} things`}>{count(things)}</Badge>
      }
    >
      <ul>
        {stuck.map((each) => (
          <StuckRow key={each.kind} {...each} />
        ))}
        {shown.map((group) => (
          <FailureRow key={`${group.kind} ${group.fingerprint}`} group={group} isAll={failed <= GROUPED} />
        ))}
        {unread && (
          <Row
            tone="failed"
            icon={<OctagonX strokeWidth={1.75} aria-hidden="true" />}
            actions={
              <Button size="sm" busy={errors.isFetching} onClick={() => void errors.refetch()}>
                Try again
              </Button>
            }
          >
            <b className="font-semi">
              {count(failed)} {failed === 1 ? "job has" : "jobs have"} failed.
            </b>{" "}
            <span className="text-fg-3">Why could not be read.</span>
          </Row>
        )}
        {!unread && rest > 0 && shown.length > 0 && (
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

function FailureRow({ group, isAll }: { group: ErrorGroup; isAll: boolean }) {
  const { kind, type, message, first_seen, last_seen, fingerprint } = group;
  const only = group.count === 1;
  // Jobs that ended without an error have no group of their own: no filter names them and no others.
  const named = fingerprint !== "";
  return (
    <Row
      tone="failed"
      icon={<OctagonX strokeWidth={1.75} aria-hidden="true" />}
      actions={
        <>
          {only ? (
            <ButtonLink size="sm" look="ghost" to="/jobs/$id" params={{ id: group.sample_job_id }}>
              Open
            </ButtonLink>
          ) : (
            <ButtonLink
              size="sm"
              look="ghost"
              to="/jobs"
              search={{ state: ["failed"], ...(named ? { fingerprint: [fingerprint] } : { kind: [kind] }) }}
            >
              Open
            </ButtonLink>
          )}
          {named && <RetryGroup group={group} isAll={isAll} />}
        </>
      }
    >
      <b className="font-semi">
        {only ? (
          <>
            <bdi>{visible(kind)}</bdi> failed.
          </>
        ) : (
          <>
            {count(group.count)} <bdi>{visible(kind)}</bdi> jobs failed the same way.
          </>
        )}
      </b>{" "}
      <span className="text-fg-3" title={visible(message)}>
        <bdi>
          {visible(type)}: {visible(message.slice(0, MESSAGE_LENGTH)).replace(/\.$/, "")}
        </bdi>
        .{" "}
        {only ? (
          <RelativeTime at={last_seen} />
        ) : (
          <>
            First <RelativeTime at={first_seen} />, last <RelativeTime at={last_seen} />
          </>
        )}
        .
      </span>
    </Row>
  );
}

/** All of them, also those that the server has not read for the group; over 1,000 a message tells how far it is. */
function RetryGroup({ group, isAll }: { group: ErrorGroup; isAll: boolean }) {
  const { run, busy } = useBulkJobs();
  const filter = { state: ["failed" as const], fingerprint: [group.fingerprint] };
  return (
    <Button
      size="sm"
      icon={<RotateCw aria-hidden="true" />}
      busy={busy !== null}
      onClick={() => void run("retry", { filter, expected: isAll ? group.count : null })}
    >
      {!isAll ? "Retry all of these" : group.count === 1 ? "Retry" : `Retry ${count(group.count)}`}
    </Button>
  );
}

function StuckRow({ kind, waiting }: { kind: string; waiting: number }) {
  return (
    <Row
      tone="failed"
      icon={<Unplug strokeWidth={1.75} aria-hidden="true" />}
      actions={
        <ButtonLink size="sm" look="ghost" to="/jobs" search={{ state: ["pending"], kind: [kind] }}>
          Open
        </ButtonLink>
      }
    >
      <b className="font-semi">
        {count(waiting)} <bdi>{visible(kind)}</bdi> {waiting === 1 ? "job waits" : "jobs wait"}: no worker
        runs that kind.
      </b>{" "}
      <span className="text-fg-3">They start as soon as one does.</span>
    </Row>
  );
}

/** Kinds that no living worker runs, and of which jobs wait. */
function useStuckKinds(pending: number): { kind: string; waiting: number }[] {
  const known =
    useQuery({ ...kinds(), enabled: pending > 0, refetchInterval: KINDS_EVERY_MS }).data?.items ?? [];
  const dead = pending > 0 ? known.filter(({ workers }) => workers === 0).slice(0, ASKED) : [];
  const counted = useQueries({
    queries: dead.map(({ kind }) => jobCounts({ state: ["pending"], kind: [kind] })),
  });
  return dead
    .map(({ kind }, index) => ({ kind, waiting: counted[index]?.data?.pending ?? 0 }))
    .filter(({ waiting }) => waiting > 0);
}

function Row({
  tone,
  icon,
  actions,
  children,
}: {
  tone: "failed";
  icon: ReactNode;
  actions: ReactNode;
  children: ReactNode;
}) {
  return (
    <li
      data-tone={tone}
      className="grid min-h-11 grid-cols-[20px_minmax(0,1fr)] items-center gap-x-2.5 px-3.5 py-2.5 not-first:border-t md:grid-cols-[20px_minmax(0,1fr)_auto] md:py-0 md:pr-2 [&>svg]:size-[18px] [&>svg]:self-start [&>svg]:text-tone md:[&>svg]:self-center"
    >
      {icon}
      <p className="min-w-0 wrap-anywhere md:truncate">{children}</p>
      <div className="flex gap-1 max-md:col-start-2 max-md:mt-2 max-md:flex-row-reverse max-md:justify-end">
        {actions}
      </div>
    </li>
  );
}

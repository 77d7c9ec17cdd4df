import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { jobCounts, jobErrors } from "@/api/jobs";
import {
  type QueueDepth,
  queueDepths,
  stats,
  YARD_EVERY_MS,
  type YardWorker,
  yardWorkers,
} from "@/api/stats";
import type { ErrorGroup } from "@/api/types";
import { Card } from "@/ui/Card";
import { ErrorState } from "@/ui/ErrorState";
import { SkeletonRows } from "@/ui/Skeleton";
import { RelativeTime } from "@/ui/Time";
import { count, duration } from "@/ui/time";
import { visible } from "@/ui/visible";
import { ByKind } from "./ByKind";
import { Charts } from "./Charts";
import { KeepingUp } from "./KeepingUp";
import { WINDOWS, type WindowName } from "./search";
import type { Waiting } from "./verdict";
import { YardStrip, YardStripSkeleton } from "./YardStrip";

/** The server stops counting a line there. */
const COUNTED = 100_000;
const GROUPS_SHOWN = 6;
const EVERYBODYS = { all: true };
/** Of others' jobs the live line says nothing: these are asked for. */
const POLLED = { refetchInterval: YARD_EVERY_MS };

/** Everybody's jobs, for administrators: how full the lines are, who works, how it went. Whose a job is stays out of it. */
export function EveryonesYard({ window }: { window: WindowName }) {
  const queues = useQuery(queueDepths());
  const workers = useQuery(yardWorkers());
  const errors = useQuery({ ...jobErrors(EVERYBODYS), ...POLLED });
  return (
    <>
      <Strip
        window={window}
        waiting={queues.data && lineOf(queues.data.items)}
        workers={workers.data?.items}
      />
      <Charts window={window} everyone />
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)] xl:gap-5">
        <Listed title="Failing now" what="The failures" query={errors} none="No failed jobs.">
          {(items) =>
            items.slice(0, GROUPS_SHOWN).map((group) => <GroupRow key={group.fingerprint} group={group} />)
          }
        </Listed>
        <Listed
          title="Workers"
          what="The workers"
          query={workers}
          none="No worker is alive: nothing runs until one is started."
        >
          {(items) => items.map((worker) => <WorkerRow key={worker.id} worker={worker} />)}
        </Listed>
      </div>
      <Listed title="Lines" what="The lines" query={queues} none="There are none.">
        {(items) => items.toSorted(longestFirst).map((queue) => <QueueRow key={queue.name} queue={queue} />)}
      </Listed>
      <ByKind window={window} everyone />
    </>
  );
}

function Strip({
  window,
  waiting,
  workers,
}: {
  window: WindowName;
  waiting: Waiting | undefined;
  workers: readonly YardWorker[] | undefined;
}) {
  const { seconds, label } = WINDOWS[window];
  const counts = useQuery({ ...jobCounts(EVERYBODYS), ...POLLED });
  const total = useQuery(stats(seconds, true)).data?.total;
  if (!counts.data) {
    if (!counts.isError) return <YardStripSkeleton />;
    return (
      <ErrorState
        title="The counts could not be read"
        error={counts.error}
        onRetry={() => void counts.refetch()}
        retrying={counts.isFetching}
      />
    );
  }
  const slots = workers?.reduce((sum, worker) => sum + worker.slots, 0);
  const oldestMs = waiting?.oldestMs ?? null;
  const lately = (ended: number | undefined) =>
    ended === undefined ? undefined : `${count(ended)} in ${label}`;
  return (
    <YardStrip
      everyone
      counts={counts.data}
      notes={{
        pending: oldestMs === null ? undefined : `oldest ${duration(oldestMs)}`,
        running: slots === undefined ? undefined : `of ${count(slots)} slots`,
        completed: lately(total?.completed),
        failed: lately(total?.failed),
        cancelled: lately(total?.cancelled),
      }}
      foot={<KeepingUp waiting={waiting} everyone />}
    />
  );
}

function lineOf(queues: readonly QueueDepth[]): Waiting {
  const pending = queues.reduce((sum, queue) => sum + (queue.pending ?? 0), 0);
  const oldest = Math.max(...queues.map((queue) => queue.oldest_seconds ?? -1));
  return {
    pending,
    atLeast: queues.some((queue) => (queue.pending ?? 0) >= COUNTED),
    oldestMs: oldest < 0 ? null : oldest * 1_000,
  };
}

function longestFirst(a: QueueDepth, b: QueueDepth): number {
  return (b.oldest_seconds ?? -1) - (a.oldest_seconds ?? -1) || a.name.localeCompare(b.name);
}

/** Its remedy is its owners': nobody runs another's job again. */
function GroupRow({ group }: { group: ErrorGroup }) {
  const { kind, type, message, last_seen } = group;
  return (
    <li className="flex min-h-11 items-center gap-2.5 px-3.5 not-first:border-t md:min-h-9">
      <span className="min-w-8 text-right font-semi text-failed">{count(group.count)}</span>
      <span className="min-w-0 flex-1 truncate" title={visible(message)}>
        <bdi className="font-strong">{visible(type)}</bdi>{" "}
        <bdi className="text-fg-3">
          {visible(kind)} · {visible(message.slice(0, 160))}
        </bdi>
      </span>
      <RelativeTime at={last_seen} className="text-12 text-fg-3" />
    </li>
  );
}

function QueueRow({ queue }: { queue: QueueDepth }) {
  const pending = queue.pending ?? 0;
  const oldest = queue.oldest_seconds ?? null;
  return (
    <li className="flex min-h-11 items-center gap-3 px-3.5 not-first:border-t md:min-h-9">
      <bdi className="min-w-0 flex-1 truncate font-strong">{queue.name}</bdi>
      <span className={pending === 0 ? "text-fg-3" : ""}>
        {count(pending)}
        {pending >= COUNTED && "+"} waiting
      </span>
      <span className="w-24 text-right text-12 text-fg-3">
        {oldest === null ? "" : `oldest ${duration(oldest * 1_000)}`}
      </span>
    </li>
  );
}

function WorkerRow({ worker }: { worker: YardWorker }) {
  const busy = worker.running.length;
  return (
    <li className="flex min-h-11 items-center gap-3 px-3.5 not-first:border-t md:min-h-9">
      <bdi className="min-w-0 flex-1 truncate font-strong">{worker.name}</bdi>
      <span
        className="h-1 w-16 overflow-hidden rounded-full bg-surface-4"
        aria-hidden="true"
        data-tone="running"
      >
        <span
          className="block h-full origin-left rounded-full bg-running"
          style={{ transform: `scaleX(${worker.slots ? Math.min(1, busy / worker.slots) : 0})` }}
        />
      </span>
      <span className={busy === 0 ? "text-fg-3" : ""}>
        {count(busy)}/{count(worker.slots)}
      </span>
      <RelativeTime at={worker.beat_at} className="w-14 text-right text-12 text-fg-3" />
    </li>
  );
}

/** A short list in a card, with what stands in its place while it is read, when it can't be, and when it is empty. */
function Listed<T>({
  title,
  what,
  query,
  none,
  children,
}: {
  title: string;
  what: string;
  query: {
    data: { items: T[] } | undefined;
    error: unknown;
    isFetching: boolean;
    refetch: () => Promise<unknown>;
  };
  none?: string;
  children: (items: T[]) => ReactNode;
}) {
  const items = query.data?.items;
  return (
    <Card title={title}>
      {items && items.length > 0 ? (
        <ul>{children(items)}</ul>
      ) : items ? (
        <p className="px-3.5 py-6 text-center text-fg-3">{none ?? "There are none."}</p>
      ) : query.error ? (
        <ErrorState
          title={`${what} could not be read`}
          error={query.error}
          onRetry={() => void query.refetch()}
          retrying={query.isFetching}
        />
      ) : (
        <SkeletonRows rows={3} rowClass="px-3.5" />
      )}
    </Card>
  );
}

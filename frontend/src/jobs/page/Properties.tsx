import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { jobDetail } from "@/api/jobs";
import type { Job } from "@/api/types";
import { Tag } from "@/ui/Pill";
import { RelativeTime } from "@/ui/Time";
import { count } from "@/ui/time";
import { visible } from "@/ui/visible";
import { idTail, limitText, runAt } from "../jobText";
import { PriorityBars, priorityWord } from "../Priority";
import { StateIcon } from "../StateBadge";

/** What the job was given; each value that a list can be narrowed by leads there. */
export function Properties({ job }: { job: Job }) {
  return (
    <dl className="grid grid-cols-[92px_minmax(0,1fr)] gap-x-3 gap-y-[7px]">
      <Row name="Queue">
        <Link to="/jobs" search={{ queue: [job.queue] }} className="link">
          {job.queue}
        </Link>
      </Row>
      <Row name="Priority">
        <span className="flex items-center gap-1.5">
          <PriorityBars priority={job.priority} />
          {priorityWord(job.priority)}
        </span>
      </Row>
      <Row name="Attempt">
        {job.attempt} of {job.max_attempts}
      </Row>
      {job.crashes > 0 && <Row name="Lost">{job.crashes === 1 ? "once" : `${job.crashes} times`}</Row>}
      <Row name="Timeout">{limitText(job.timeout_seconds)}</Row>
      <Row name="Submitted">
        <RelativeTime at={job.created_at} />
      </Row>
      {runAt(job) !== job.created_at && (
        <Row name="Run at">
          <RunAt job={job} />
        </Row>
      )}
      {job.worker && <Row name="Worker">{job.worker}</Row>}
      {job.unique_key && (
        <Row name="Unique key">
          <bdi className="code-12 wrap-anywhere">{visible(job.unique_key)}</bdi>
        </Row>
      )}
      {job.batch_id && (
        <Row name="Batch">
          <Link to="/jobs" search={{ batch_id: [job.batch_id] }} className="link">
            Jobs of this batch
          </Link>
        </Row>
      )}
      {job.schedule_id && (
        <Row name="Schedule">
          <Link to="/jobs" search={{ schedule_id: [job.schedule_id] }} className="link">
            Jobs of this schedule
          </Link>
        </Row>
      )}
      {job.after.length > 0 && (
        <Row name="After">
          <After ids={job.after} />
        </Row>
      )}
      {job.tags.length > 0 && (
        <Row name="Tags">
          <span className="flex flex-wrap gap-1">
            {job.tags.map((tag) => (
              <Link
                key={tag}
                to="/jobs"
                search={{ tag: [tag] }}
                title={visible(tag)}
                className="inline-flex max-w-full rounded-tag hover:underline"
              >
                <Tag>{tag}</Tag>
              </Link>
            ))}
          </span>
        </Row>
      )}
    </dl>
  );
}

function RunAt({ job }: { job: Job }) {
  const at = runAt(job);
  return at ? <RelativeTime at={at} /> : <span className="text-fg-3">never</span>;
}

/** More than these nobody looks through one by one. */
const AFTER_SHOWN = 5;

/** The jobs that must have ended first, each with its state. */
function After({ ids }: { ids: readonly string[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? ids : ids.slice(0, AFTER_SHOWN);
  return (
    <ul className="flex flex-col gap-1">
      {shown.map((id) => (
        <li key={id}>
          <Before id={id} />
        </li>
      ))}
      {ids.length > shown.length && (
        <li>
          <button type="button" className="link" onClick={() => setAll(true)}>
            {count(ids.length - shown.length)} more
          </button>
        </li>
      )}
    </ul>
  );
}

function Before({ id }: { id: string }) {
  const job = useQuery(jobDetail(id)).data;
  return (
    <Link to="/jobs/$id" params={{ id }} className="flex items-center gap-1.5 hover:underline">
      {job && <StateIcon state={job.state} fraction={job.progress?.fraction} />}
      {job && <span className="min-w-0 truncate">{job.kind}</span>}
      <span className="code-12 text-fg-3">{idTail(id)}</span>
    </Link>
  );
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-fg-3">{name}</dt>
      <dd className="min-w-0 wrap-anywhere">{children}</dd>
    </>
  );
}

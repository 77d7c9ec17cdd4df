import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Job } from "@/api/types";
import { Tag } from "@/ui/Pill";
import { RelativeTime } from "@/ui/Time";
import { limitText } from "../jobText";
import { PriorityBars, priorityWord } from "../Priority";

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
      {job.worker && <Row name="Worker">{job.worker}</Row>}
      {job.unique_key && (
        <Row name="Unique key">
          <span className="code-12 wrap-anywhere">{job.unique_key}</span>
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
                title={tag}
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

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-fg-3">{name}</dt>
      <dd className="min-w-0 wrap-anywhere">{children}</dd>
    </>
  );
}

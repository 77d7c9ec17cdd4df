import { Link } from "@tanstack/react-router";
import { memo } from "react";
import type { JobSummary } from "@/api/types";
import { Bar } from "@/ui/Bar";
import { Check } from "@/ui/Check";
import { cx } from "@/ui/cx";
import { Tag } from "@/ui/Pill";
import { RelativeTime, useNow } from "@/ui/Time";
import { duration } from "@/ui/time";
import { idTail, percent, rowNote, runAt, tookMs } from "../jobText";
import { PriorityBars } from "../Priority";
import { StateBadge } from "../StateBadge";
import { COLUMNS } from "./columns";

export interface JobRowProps {
  job: JobSummary;
  /** Its place among all rows, counted from 1; the head is the first. */
  rowIndex: number;
  picked: boolean;
  /** Show the checkbox on a phone too, where it is away until somebody wants to pick. */
  picking: boolean;
  /** The row that `j` and `k` are on. */
  current: boolean;
  onPick: (id: string, range: boolean) => void;
}

/** One job: a line of cells, on phones a card. All of it opens the job but the checkbox. */
export const JobRow = memo(function JobRow({ job, rowIndex, picked, picking, current, onPick }: JobRowProps) {
  const note = rowNote(job);
  const fraction = job.state === "running" ? job.progress?.fraction : undefined;
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows of a virtual list stand at computed places, which a tr can't
    // biome-ignore lint/a11y/useFocusableInteractive: it is not a widget, the link and the checkbox in it are
    <div
      role="row"
      aria-rowindex={rowIndex}
      aria-selected={picked}
      data-job={job.id}
      data-tone={job.state}
      className={cx(
        COLUMNS,
        "group relative h-full border-b px-4 transition-colors duration-90 max-md:content-center max-md:gap-y-0.5 max-md:py-2.5",
        picked ? "bg-hv-tint" : "hover:bg-surface-2",
        picking && "max-md:pl-12",
        current && "z-1 rounded-tag md:shadow-[inset_0_0_0_1.5px_var(--focus)]",
      )}
    >
      {picked && <span className="absolute inset-y-0 left-0 w-[3px] bg-hv-bar" aria-hidden="true" />}
      {/* biome-ignore-start lint/a11y/useSemanticElements: cells of the row above */}
      <span
        role="cell"
        className={cx("z-2 flex max-md:absolute max-md:top-3 max-md:left-4", !picking && "max-md:hidden")}
      >
        <Check
          label={`Select job ${idTail(job.id)}`}
          checked={picked}
          onChange={(_, click) => onPick(job.id, click.shiftKey)}
        />
      </span>
      <span role="cell" className="flex max-md:order-2 max-md:text-12">
        <StateBadge state={job.state} fraction={fraction} />
      </span>
      <span role="cell" className="flex min-w-0 items-baseline gap-2 max-md:order-1">
        <Link
          to="/jobs/$id"
          params={{ id: job.id }}
          className={cx(
            "py-0.5 font-strong whitespace-nowrap max-md:truncate max-md:text-15 after:absolute after:inset-0",
            current && "outline-none",
          )}
        >
          {job.kind}
        </Link>
        <Note note={note} className="max-md:hidden" />
      </span>
      <span role="cell" className="code-12 text-fg-2 max-md:hidden">
        {idTail(job.id)}
      </span>
      <span role="cell" className="flex max-md:hidden">
        <PriorityBars priority={job.priority} label />
      </span>
      <span role="cell" className="text-fg-2 max-md:hidden">
        {job.attempt}/{job.max_attempts}
      </span>
      <ProgressCell fraction={fraction} />
      <span role="cell" className="hidden truncate text-fg-2 xl:block">
        {job.queue}
      </span>
      <span role="cell" className="truncate text-fg-2 max-md:hidden">
        <RunAt job={job} />
      </span>
      <span role="cell" className="truncate text-right text-fg-2 max-md:hidden">
        <Took job={job} />
      </span>
      <span role="cell" className="hidden gap-1 overflow-hidden 2xl:flex">
        {job.tags.map((tag) => (
          <Tag key={tag}>{tag}</Tag>
        ))}
      </span>
      <span
        role="cell"
        className="col-span-full flex gap-2 text-12 leading-[18px]! text-fg-3 max-md:order-3 md:hidden"
      >
        <span className="min-w-0 flex-1 truncate">{note.text ? <Note note={note} /> : job.queue}</span>
        <RelativeTime at={runAt(job) ?? job.finished_at ?? job.created_at} />
      </span>
      {/* biome-ignore-end lint/a11y/useSemanticElements: cells of the row above */}
    </div>
  );
});

function Note({ note, className }: { note: { text: string; bad: boolean }; className?: string }) {
  return (
    <span
      title={note.text || undefined}
      className={cx("min-w-0 truncate text-12", note.bad ? "text-failed" : "text-fg-3", className)}
    >
      {note.text}
    </span>
  );
}

function ProgressCell({ fraction }: { fraction: number | undefined }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a cell of a virtual row
    <span
      role="cell"
      className={cx(
        "flex items-center gap-2 max-md:order-4 max-md:col-span-full max-md:mt-1 md:hidden lg:flex",
        fraction === undefined && "max-md:hidden",
      )}
    >
      {fraction !== undefined && (
        <>
          <Bar fraction={fraction} label="Progress" className="flex-1" />
          <span className="w-9 text-right text-12 text-fg-2">{percent(fraction)}</span>
        </>
      )}
    </span>
  );
}

/** A job that was cancelled before its time has none: a time to come would look like waiting. */
function RunAt({ job }: { job: JobSummary }) {
  const at = runAt(job);
  return at ? <RelativeTime at={at} /> : <span className="text-fg-3">never</span>;
}

function Took({ job }: { job: JobSummary }) {
  return job.state === "running" ? <Ticking job={job} /> : took(job, 0);
}

function Ticking({ job }: { job: JobSummary }) {
  return took(job, useNow());
}

function took(job: JobSummary, now: number): string {
  const ms = tookMs(job, now);
  return ms === null ? "" : duration(ms);
}

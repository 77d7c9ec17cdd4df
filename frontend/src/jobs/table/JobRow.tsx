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
  /** Where it stands, and how high it is, in px. */
  top: number;
  height: number;
  picked: boolean;
  /** Show the checkbox on a phone too, where it is away until somebody wants to pick. */
  picking: boolean;
  /** The row that `j` and `k` are on. */
  current: boolean;
  /** On phones it is a card. */
  card: boolean;
  onPick: (id: string, range: boolean) => void;
}

/** One job: a line of cells, on phones a card. All of it opens the job but the checkbox. */
export const JobRow = memo(function JobRow(props: JobRowProps) {
  const { job, rowIndex, top, height, picked, picking, current, card, onPick } = props;
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
      style={{ height, transform: `translateY(${top}px)` }}
      className={cx(
        COLUMNS,
        "group absolute inset-x-0 top-0 border-b px-4 transition-colors duration-90 max-md:content-center max-md:gap-y-0.5 max-md:py-2.5",
        picked ? "bg-hv-tint" : "hover:bg-surface-2",
        picking && "max-md:pl-12",
        current && "z-1 rounded-tag md:shadow-[inset_0_0_0_1.5px_var(--focus)]",
      )}
    >
      {picked && <span className="absolute inset-y-0 left-0 w-[3px] bg-hv-bar" aria-hidden="true" />}
      {/* biome-ignore-start lint/a11y/useSemanticElements: cells of the row above */}
      {(!card || picking) && (
        <span role="cell" className="z-2 flex max-md:absolute max-md:top-3 max-md:left-4">
          <Check
            label={`Select job ${idTail(job.id)}`}
            checked={picked}
            onChange={(_, click) => onPick(job.id, click.shiftKey)}
          />
        </span>
      )}
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
        {!card && <Note note={note} />}
      </span>
      {card ? (
        <CardCells job={job} note={note} fraction={fraction} />
      ) : (
        <LineCells job={job} fraction={fraction} />
      )}
      {/* biome-ignore-end lint/a11y/useSemanticElements: cells of the row above */}
    </div>
  );
});

type NoteOfRow = ReturnType<typeof rowNote>;

/** What a line has beside its state and kind. */
function LineCells({ job, fraction }: { job: JobSummary; fraction: number | undefined }) {
  return (
    // biome-ignore-start lint/a11y/useSemanticElements: cells of a virtual row
    <>
      <span role="cell" className="code-12 text-fg-2">
        {idTail(job.id)}
      </span>
      <span role="cell" className="flex">
        <PriorityBars priority={job.priority} label />
      </span>
      <span role="cell" className="text-fg-2">
        {job.attempt}/{job.max_attempts}
      </span>
      <span role="cell" className="hidden items-center gap-2 lg:flex">
        {fraction !== undefined && <Progress fraction={fraction} />}
      </span>
      <span role="cell" className="hidden truncate text-fg-2 xl:block">
        {job.queue}
      </span>
      <span role="cell" className="truncate text-fg-2">
        <RunAt job={job} />
      </span>
      <span role="cell" className="truncate text-right text-fg-2">
        <Took job={job} />
      </span>
      <span role="cell" className="hidden gap-1 overflow-hidden 2xl:flex">
        {job.tags.map((tag) => (
          <Tag key={tag}>{tag}</Tag>
        ))}
      </span>
    </>
    // biome-ignore-end lint/a11y/useSemanticElements: cells of a virtual row
  );
}

/** What a card has below them. */
function CardCells({
  job,
  note,
  fraction,
}: {
  job: JobSummary;
  note: NoteOfRow;
  fraction: number | undefined;
}) {
  return (
    // biome-ignore-start lint/a11y/useSemanticElements: cells of a virtual row
    <>
      <span role="cell" className="order-3 col-span-full flex gap-2 text-12 leading-[18px]! text-fg-3">
        <span className="min-w-0 flex-1 truncate">{note.text ? <Note note={note} /> : job.queue}</span>
        <RelativeTime at={runAt(job) ?? job.finished_at ?? job.created_at} />
      </span>
      {fraction !== undefined && (
        <span role="cell" className="order-4 col-span-full mt-1 flex items-center gap-2">
          <Progress fraction={fraction} />
        </span>
      )}
    </>
    // biome-ignore-end lint/a11y/useSemanticElements: cells of a virtual row
  );
}

function Note({ note }: { note: NoteOfRow }) {
  if (!note.text) return null;
  return (
    <span
      title={note.text}
      className={cx("min-w-0 truncate text-12", note.bad ? "text-failed" : "text-fg-3")}
    >
      {note.text}
    </span>
  );
}

function Progress({ fraction }: { fraction: number }) {
  return (
    <>
      <Bar fraction={fraction} label="Progress" className="flex-1" />
      <span className="w-9 text-right text-12 text-fg-2">{percent(fraction)}</span>
    </>
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

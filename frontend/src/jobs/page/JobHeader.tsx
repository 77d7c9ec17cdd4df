import { Link } from "@tanstack/react-router";
import {
  Ban,
  ChevronDown,
  ChevronLeft,
  ChevronRight,
  ChevronUp,
  Copy,
  CopyPlus,
  RotateCw,
} from "lucide-react";
import type { Job } from "@/api/types";
import { LiveDot } from "@/shell/LiveDot";
import { Button, buttonClass } from "@/ui/Button";
import { bottomBar } from "@/ui/bottomBars";
import { Kbd } from "@/ui/Kbd";
import { count } from "@/ui/time";
import { idTail } from "../jobText";
import { StateBadge } from "../StateBadge";
import { type Place, usePlace } from "../trail";
import { JobMenu } from "./JobMenu";
import type { JobActions } from "./useJobActions";
import { WhyBox } from "./WhyBox";

export function JobHeader({ job, actions }: { job: Job; actions: JobActions }) {
  return (
    <header className="flex flex-none flex-col gap-2.5 border-b px-4 py-3 md:gap-3 md:px-5 md:pt-[18px] md:pb-4">
      <div className="flex min-h-6 items-center max-md:hidden">
        <nav aria-label="Breadcrumb" className="flex items-center gap-1.5 text-fg-3">
          <Link to="/jobs" search={actions.place.search} className="hover:text-fg">
            Jobs
          </Link>
          <ChevronRight className="size-3.5" aria-hidden="true" />
          <b className="font-strong text-fg">{job.kind}</b>
          <LiveDot />
        </nav>
        <span className="flex-1" />
        <Neighbours place={actions.place} />
      </div>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="min-w-0 text-20 tracking-[-.02em] wrap-anywhere">{job.kind}</h1>
        <StateBadge
          look="pill"
          state={job.state}
          fraction={job.progress?.fraction}
          stopping={job.cancel_requested}
        />
        <Button
          size="sm"
          look="ghost"
          title="Copy the id (y)"
          className="code-12 max-md:hidden max-xl:hidden"
          onClick={actions.copyId}
        >
          {job.id}
          <Copy className="size-3.5!" aria-hidden="true" />
        </Button>
        <span className="flex-1" />
        <span className="flex gap-1.5 max-md:hidden">
          <Button icon={<CopyPlus aria-hidden="true" />} onClick={actions.again}>
            Run again with changes
          </Button>
          {actions.cancel && (
            <Button
              icon={<Ban aria-hidden="true" />}
              busy={actions.busy === "cancel"}
              onClick={actions.cancel}
            >
              Cancel <Kbd>c</Kbd>
            </Button>
          )}
          <JobMenu actions={actions} className="w-7 px-0!" />
        </span>
      </div>
      <WhyBox job={job} actions={actions} />
    </header>
  );
}

/** The job before and the one after it in the list that one came from. */
function Neighbours({ place }: { place: Place }) {
  if (place.number === 0) return null;
  return (
    <nav aria-label="Other jobs of the list" className="flex items-center gap-0.5">
      <span className="px-1.5 text-12 text-fg-3 max-md:hidden">
        {count(place.number)} of {count(place.of)}
      </span>
      <Neighbour id={place.previous} label="Job before (k)" icon={<ChevronUp aria-hidden="true" />} />
      <Neighbour id={place.next} label="Next job (j)" icon={<ChevronDown aria-hidden="true" />} />
    </nav>
  );
}

const SQUARE = "w-9 px-0! md:w-7";

function Neighbour({ id, label, icon }: { id: string | undefined; label: string; icon: React.ReactNode }) {
  if (!id) {
    return (
      <span className={buttonClass({ look: "ghost" }, `${SQUARE} text-fg-off! hover:bg-transparent!`)}>
        {icon}
      </span>
    );
  }
  return (
    <Link
      to="/jobs/$id"
      params={{ id }}
      aria-label={label}
      title={label}
      className={buttonClass({ look: "ghost" }, SQUARE)}
    >
      {icon}
    </Link>
  );
}

/** The head of the page on a phone: back, and which job this is. */
export function PhoneHead({ id, actions }: { id: string; actions?: JobActions }) {
  const { search } = usePlace(id);
  return (
    <div className="flex min-h-14 flex-none items-center gap-2 border-b pr-2 pl-2 md:hidden">
      <Link
        to="/jobs"
        search={search}
        aria-label="Back to jobs"
        className={buttonClass({ look: "ghost" }, "w-9 px-0!")}
      >
        <ChevronLeft aria-hidden="true" />
      </Link>
      <span className="text-[17px] font-semi">Job</span>
      <span className="code-12 text-fg-3">{idTail(id)}</span>
      <span className="flex-1" />
      <LiveDot />
      {actions && (
        <>
          <Neighbours place={actions.place} />
          <JobMenu actions={actions} withAgain className="w-9 px-0!" />
        </>
      )}
    </div>
  );
}

/** A job's actions under the thumb. */
export function ActionBar({ job, actions }: { job: Job; actions: JobActions }) {
  const button = "h-11! flex-1";
  return (
    <div ref={bottomBar} className="flex flex-none gap-2 border-t bg-surface px-4 py-2.5 md:hidden">
      {actions.retry && (
        <Button
          look={job.state === "failed" ? "go" : "plain"}
          className={button}
          icon={<RotateCw aria-hidden="true" />}
          busy={actions.busy === "retry"}
          onClick={actions.retry}
        >
          {actions.retryWord}
        </Button>
      )}
      {actions.cancel && (
        <Button
          className={button}
          icon={<Ban aria-hidden="true" />}
          busy={actions.busy === "cancel"}
          onClick={actions.cancel}
        >
          Cancel
        </Button>
      )}
      {!(actions.retry && actions.cancel) && (
        <Button className={button} icon={<CopyPlus aria-hidden="true" />} onClick={actions.again}>
          Run with changes
        </Button>
      )}
    </div>
  );
}

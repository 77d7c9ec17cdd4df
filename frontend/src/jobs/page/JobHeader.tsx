import { Link } from "@tanstack/react-router";
import { Ban, ChevronLeft, ChevronRight, Copy, CopyPlus, RotateCw } from "lucide-react";
import type { Job } from "@/api/types";
import { LiveDot } from "@/shell/LiveDot";
import { Button, buttonClass } from "@/ui/Button";
import { Kbd } from "@/ui/Kbd";
import { idTail } from "../jobText";
import { StateBadge } from "../StateBadge";
import type { JobActions } from "./useJobActions";
import { WhyBox } from "./WhyBox";

export function JobHeader({ job, actions }: { job: Job; actions: JobActions }) {
  return (
    <header className="flex flex-none flex-col gap-2.5 border-b px-4 py-3 md:gap-3 md:px-5 md:pt-[18px] md:pb-4">
      <nav aria-label="Breadcrumb" className="flex items-center gap-1.5 text-fg-3 max-md:hidden">
        <Link to="/jobs" className="hover:text-fg">
          Jobs
        </Link>
        <ChevronRight className="size-3.5" aria-hidden="true" />
        <b className="font-strong text-fg">{job.kind}</b>
        <LiveDot />
      </nav>
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
        </span>
      </div>
      <WhyBox job={job} actions={actions.retry && <RetryButton job={job} actions={actions} />} />
    </header>
  );
}

/** The one next step of a failed job; elsewhere a choice among others. */
function RetryButton({ job, actions }: { job: Job; actions: JobActions }) {
  const go = job.state === "failed";
  return (
    <Button
      look={go ? "go" : "plain"}
      icon={<RotateCw aria-hidden="true" />}
      busy={actions.busy === "retry"}
      onClick={actions.retry}
    >
      {actions.retryWord}
      <Kbd className={go ? "border-[rgb(26_29_5/.28)]! bg-transparent! text-hv-ink!" : ""}>r</Kbd>
    </Button>
  );
}

/** The head of the page on a phone: back, and which job this is. */
export function PhoneHead({ id, onCopy }: { id: string; onCopy?: () => void }) {
  return (
    <div className="flex min-h-14 flex-none items-center gap-2 border-b pr-2 pl-2 md:hidden">
      <Link to="/jobs" aria-label="Back to jobs" className={buttonClass({ look: "ghost" }, "w-9 px-0!")}>
        <ChevronLeft aria-hidden="true" />
      </Link>
      <span className="text-[17px] font-semi">Job</span>
      <span className="code-12 text-fg-3">{idTail(id)}</span>
      <span className="flex-1" />
      <LiveDot />
      {onCopy && (
        <Button look="ghost" className="w-9 px-0!" aria-label="Copy the id" onClick={onCopy}>
          <Copy aria-hidden="true" />
        </Button>
      )}
    </div>
  );
}

/** A job's actions under the thumb. */
export function ActionBar({ job, actions }: { job: Job; actions: JobActions }) {
  const button = "h-11! flex-1";
  return (
    <div className="flex flex-none gap-2 border-t bg-surface px-4 py-2.5 md:hidden">
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

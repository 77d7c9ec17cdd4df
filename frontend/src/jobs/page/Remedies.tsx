import { useQuery } from "@tanstack/react-query";
import { CalendarClock, ChevronsUp, RotateCw } from "lucide-react";
import { jobErrorGroup } from "@/api/jobs";
import type { Job, WhyWaiting } from "@/api/types";
import { Button, ButtonLink } from "@/ui/Button";
import { Kbd } from "@/ui/Kbd";
import { count } from "@/ui/time";
import { useBulkJobs } from "../bulk/useBulkJobs";
import { canEdit } from "../jobActions";
import type { JobActions } from "./useJobActions";

/** What can be done about where the job is; below it on a phone, where the first of them is under the thumb too. */
export function Remedies({
  job,
  waiting,
  actions,
}: {
  job: Job;
  waiting: WhyWaiting | undefined;
  actions: JobActions;
}) {
  const [first] = job.after;
  return (
    <div className="flex flex-wrap gap-1.5 self-center empty:hidden max-md:col-start-2 max-md:mt-2">
      {job.state === "pending" && job.priority !== "high" && canEdit(job) && (
        <Button
          icon={<ChevronsUp aria-hidden="true" />}
          busy={actions.busy === "edit"}
          onClick={() => actions.setPriority("high")}
        >
          Raise priority
        </Button>
      )}
      {job.state === "pending" && (waiting?.ahead.mine ?? 0) > 0 && (
        <ButtonLink to="/jobs" search={{ state: ["pending"], queue: [job.queue] }}>
          Show what waits
        </ButtonLink>
      )}
      {waiting?.reason === "no_worker_for_kind" && (
        <ButtonLink to="/jobs" search={{ state: ["pending"], kind: [job.kind] }}>
          Show what waits for it
        </ButtonLink>
      )}
      {job.state === "scheduled" && first !== undefined && job.after.length === 1 && (
        <ButtonLink to="/jobs/$id" params={{ id: first }}>
          Open that job
        </ButtonLink>
      )}
      {(job.state === "scheduled" || job.state === "retrying") && job.after.length === 0 && (
        <Button icon={<CalendarClock aria-hidden="true" />} onClick={actions.edit}>
          Change the time
        </Button>
      )}
      {job.state === "failed" && <RetryGroup job={job} />}
      {actions.retry && <RetryButton job={job} actions={actions} />}
    </div>
  );
}

/** The one next step of a failed job; elsewhere a choice among others. */
function RetryButton({ job, actions }: { job: Job; actions: JobActions }) {
  const go = job.state === "failed";
  return (
    <Button
      look={go ? "go" : "plain"}
      className="max-md:hidden"
      icon={<RotateCw aria-hidden="true" />}
      busy={actions.busy === "retry"}
      onClick={actions.retry}
    >
      {actions.retryWord}
      <Kbd className={go ? "border-[rgb(26_29_5/.28)]! bg-transparent! text-hv-ink!" : ""}>r</Kbd>
    </Button>
  );
}

function RetryGroup({ job }: { job: Job }) {
  const group = useQuery(jobErrorGroup(job.id)).data;
  const bulk = useBulkJobs();
  if (!group?.fingerprint || group.count < 2) return null;
  const filter = { state: ["failed" as const], kind: [group.kind], fingerprint: [group.fingerprint] };
  return (
    <Button
      busy={bulk.busy !== null}
      onClick={() => void bulk.run("retry", { filter, expected: group.count })}
    >
      Retry all {count(group.count)}
    </Button>
  );
}

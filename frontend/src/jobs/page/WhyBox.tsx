import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Unplug } from "lucide-react";
import type { ReactNode } from "react";
import { jobErrorGroup, jobWhy } from "@/api/jobs";
import type { Job } from "@/api/types";
import { Bar } from "@/ui/Bar";
import { useNow } from "@/ui/Time";
import { clockTime, count } from "@/ui/time";
import { canEdit } from "../jobActions";
import { percent } from "../jobText";
import { StateIcon } from "../StateBadge";
import { Remedies } from "./Remedies";
import type { JobActions } from "./useJobActions";
import { whyText } from "./whyText";

/** Why the job is where it is, and the remedies beside it. */
export function WhyBox({ job, actions }: { job: Job; actions: JobActions }) {
  const waiting = useQuery({ ...jobWhy(job.id), enabled: canEdit(job) }).data;
  const why = whyText(job, waiting, useNow());
  const fraction = job.state === "running" ? job.progress?.fraction : undefined;
  return (
    <section
      aria-label="Why"
      data-tone={why.stuck ? "failed" : job.state}
      className="grid grid-cols-[20px_minmax(0,1fr)] items-start gap-x-2.5 gap-y-0.5 rounded-card bg-tone-bg p-3 pl-3.5 md:grid-cols-[20px_minmax(0,1fr)_auto]"
    >
      <span className="mt-0.5">
        {why.stuck ? (
          <Unplug className="size-[18px] text-tone" strokeWidth={1.75} aria-hidden="true" />
        ) : (
          <StateIcon state={job.state} fraction={fraction} className="size-[18px]" />
        )}
      </span>
      <div className="min-w-0">
        <p role="status" className="text-14 leading-[22px]! font-semi wrap-anywhere">
          {why.title}
        </p>
        {why.detail && <p className="wrap-anywhere text-fg-2">{why.detail}</p>}
        {job.state === "failed" && <SameError job={job} />}
      </div>
      {fraction !== undefined ? (
        <>
          <span className="self-center text-20 font-semi tracking-[-.02em] text-tone max-md:absolute max-md:hidden">
            {percent(fraction)}
          </span>
          <span className="col-span-full mt-2 flex items-center gap-3">
            <Bar fraction={fraction} label="Progress" big className="flex-1 bg-surface!" />
            <span className="font-semi text-tone md:hidden">{percent(fraction)}</span>
          </span>
        </>
      ) : (
        <Remedies job={job} waiting={waiting} actions={actions} />
      )}
    </section>
  );
}

/** 'and 37 other jobs failed with the same error since 13:52': one look tells whether it is this job or the world. */
function SameError({ job }: { job: Job }): ReactNode {
  const group = useQuery(jobErrorGroup(job.id)).data;
  if (!group || group.count < 2) return null;
  const others = group.count - 1;
  return (
    <p className="text-fg-2">
      <Link
        to="/jobs"
        search={{ state: ["failed"], kind: [group.kind], fingerprint: [group.fingerprint] }}
        className="link"
      >
        {others === 1 ? "1 other job" : `${count(others)} other jobs`}
      </Link>{" "}
      failed with the same error since {sinceText(group.first_seen)}.
    </p>
  );
}

const DAY_MS = 86_400_000;
const DATE = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});

function sinceText(at: string): string {
  const time = Date.parse(at);
  return Date.now() - time < DAY_MS ? clockTime(time) : DATE.format(time);
}

import { useQuery } from "@tanstack/react-query";
import { Unplug } from "lucide-react";
import type { ReactNode } from "react";
import { kinds } from "@/api/jobs";
import type { Job } from "@/api/types";
import { Bar } from "@/ui/Bar";
import { useNow } from "@/ui/Time";
import { percent } from "../jobText";
import { StateIcon } from "../StateBadge";
import { whyText } from "./whyText";

/** Why the job is where it is, and the remedy beside it. */
export function WhyBox({ job, actions }: { job: Job; actions?: ReactNode }) {
  const kind = useQuery({ ...kinds(), enabled: job.state === "pending" }).data?.items.find(
    ({ kind }) => kind === job.kind,
  );
  const why = whyText(job, kind?.workers ?? null, useNow());
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
        actions && <div className="flex flex-wrap gap-1.5 self-center max-md:hidden">{actions}</div>
      )}
    </section>
  );
}

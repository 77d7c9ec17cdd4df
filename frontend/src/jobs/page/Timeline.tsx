import { Flag, Hand, TriangleAlert, Unplug } from "lucide-react";
import { useState } from "react";
import type { Job, TimelineEvent } from "@/api/types";
import { cx } from "@/ui/cx";
import { useNow } from "@/ui/Time";
import { duration } from "@/ui/time";
import { StateIcon } from "../StateBadge";
import { useMe } from "../useMe";
import { type Step, timeline } from "./steps";

/** What happened to a job and who did it, with how long each part took; many runs are told as one until somebody asks. */
export function Timeline({ job, events }: { job: Job; events: readonly TimelineEvent[] }) {
  const [all, setAll] = useState(false);
  const steps = timeline(job, events, useNow(), { me: useMe(), all });
  return (
    <ol>
      {steps.map((step, index) => (
        <li
          key={step.key}
          className="relative grid grid-cols-[18px_minmax(0,1fr)_auto] gap-x-2.5 pb-3.5 last:pb-0"
        >
          {index < steps.length - 1 && (
            <span
              aria-hidden="true"
              className={cx(
                "absolute top-5 -bottom-0.5 left-2 w-0.5",
                step.waits
                  ? "bg-[repeating-linear-gradient(var(--line-2)_0_4px,transparent_4px_8px)]"
                  : "bg-line-2",
              )}
            />
          )}
          <StepIcon step={step} job={job} />
          <div className="min-w-0">
            <p className={step.toCome ? "font-book text-fg-3" : "font-strong"}>{step.title}</p>
            {step.detail && <p className="text-12 wrap-anywhere text-fg-3">{step.detail}</p>}
            {step.key === "folded" && (
              <button type="button" className="link text-12" onClick={() => setAll(true)}>
                Show each
              </button>
            )}
          </div>
          <span className="text-fg-2">{step.ms === null ? "" : duration(step.ms)}</span>
        </li>
      ))}
    </ol>
  );
}

const SIZE = "relative z-1 mt-px size-[18px] bg-surface-2";

function StepIcon({ step, job }: { step: Step; job: Job }) {
  switch (step.icon) {
    case "start":
      return (
        <svg viewBox="0 0 18 18" className={`${SIZE} text-fg-3`} aria-hidden="true">
          <circle cx="9" cy="9" r="3" fill="currentColor" />
        </svg>
      );
    case "finish":
      return <Flag className={`${SIZE} text-fg-3`} strokeWidth={1.75} aria-hidden="true" />;
    case "hand":
      return <Hand className={`${SIZE} text-fg-2`} strokeWidth={1.75} aria-hidden="true" />;
    case "warning":
      return <TriangleAlert className={`${SIZE} text-retrying`} strokeWidth={1.75} aria-hidden="true" />;
    case "lost":
      return <Unplug className={`${SIZE} text-failed`} strokeWidth={1.75} aria-hidden="true" />;
    default:
      return (
        <span className={cx("z-1", step.toCome && "opacity-60 grayscale")}>
          <StateIcon state={step.icon} fraction={step.toCome ? 0 : job.progress?.fraction} className={SIZE} />
        </span>
      );
  }
}

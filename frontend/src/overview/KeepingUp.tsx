import { useQuery } from "@tanstack/react-query";
import { CircleCheck, type LucideIcon, OctagonX, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { stats } from "@/api/stats";
import { WINDOWS } from "./search";
import { isItKeepingUp, type Verdict, type Waiting } from "./verdict";

const ICONS: Record<Verdict["tone"], LucideIcon> = {
  completed: CircleCheck,
  retrying: TriangleAlert,
  failed: OctagonX,
};

/** The answer in a sentence, whatever the charts show: always of the last minutes. */
export function KeepingUp({
  waiting,
  everyone,
  action,
}: {
  /** Undefined while it is read. */
  waiting: Waiting | undefined;
  everyone: boolean;
  action?: ReactNode;
}) {
  const hour = useQuery(stats(WINDOWS["1h"].seconds, everyone));
  const verdict = waiting && hour.data && isItKeepingUp(waiting, hour.data.buckets);
  const Icon = verdict && ICONS[verdict.tone];
  return (
    <section
      aria-label="Is it keeping up?"
      data-tone={verdict?.tone}
      className="flex min-h-10 items-center gap-2.5 border-t px-4 py-2 md:py-1.5"
    >
      {Icon && verdict ? (
        <>
          <Icon className="size-4 shrink-0 text-tone" strokeWidth={1.75} aria-hidden="true" />
          <p className="min-w-0 flex-1">
            <b className="font-semi">{verdict.title}</b> <span className="text-fg-2">{verdict.text}</span>
          </p>
          {verdict.tone !== "completed" && action}
        </>
      ) : (
        <p className="text-fg-3">{hour.isError ? "Whether it keeps up could not be read." : ""}</p>
      )}
    </section>
  );
}

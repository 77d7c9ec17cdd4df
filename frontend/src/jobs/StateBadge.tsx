import { useState } from "react";
import type { JobState } from "@/api/types";
import { cx } from "@/ui/cx";
import { Pill } from "@/ui/Pill";
import { Ring } from "@/ui/Ring";
import { STATE_META } from "./stateMeta";

interface StateIconProps {
  state: JobState;
  /** Of a running job, 0 to 1; the ring turns when it is not known. */
  fraction?: number | null | undefined;
  className?: string;
}

/** The state's shape in its colour. Decoration: the word must stand beside it, or in the name of what it is in. */
export function StateIcon({ state, fraction, className = "size-4" }: StateIconProps) {
  const Icon = STATE_META[state].icon;
  const [first] = useState(state);
  return (
    // The key makes it a new element at a change of state, and so it fades in; what is scrolled to has not changed.
    <span
      key={state}
      data-tone={state}
      className={cx("inline-flex shrink-0 text-tone", state !== first && "animate-appear")}
    >
      {Icon ? (
        <Icon className={className} strokeWidth={1.75} aria-hidden="true" />
      ) : (
        <Ring className={className} fraction={fraction ?? null} />
      )}
    </span>
  );
}

/**
 * A job's state as icon and word, in a row or as a pill. While a running job is asked to stop it says so: the state is
 * still 'Running', as the job is.
 */
export function StateBadge({
  state,
  fraction,
  stopping = false,
  look = "inline",
  className,
}: StateIconProps & { stopping?: boolean; look?: "inline" | "pill" }) {
  const word = STATE_META[state].word;
  const note = stopping && state === "running" && (
    <span className="text-12 font-normal text-fg-3">stopping</span>
  );
  const icon = <StateIcon state={state} fraction={fraction} />;
  if (look === "pill") {
    return (
      <span data-state={state} data-tone={state} className={cx("inline-flex items-center gap-2", className)}>
        <Pill>
          {icon}
          {word}
        </Pill>
        {note}
      </span>
    );
  }
  return (
    <span
      data-state={state}
      data-tone={state}
      className={cx("inline-flex items-center gap-1.5 font-book whitespace-nowrap", className)}
    >
      {icon}
      {word}
      {note}
    </span>
  );
}

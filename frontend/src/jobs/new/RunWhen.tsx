import { Input } from "@/ui/Field";
import { Seg } from "@/ui/Seg";
import { Select } from "../form/leafFields";
import { PriorityBars } from "../Priority";
import { PRIORITIES } from "../table/filters";
import type { Draft, Unit, When } from "./draft";

interface Props {
  draft: Draft;
  set: (part: Partial<Draft>) => void;
  errorAt: (pointer: string) => string | undefined;
}

const UNITS: readonly { value: Unit; label: string }[] = [
  { value: "s", label: "seconds" },
  { value: "min", label: "minutes" },
  { value: "h", label: "hours" },
  { value: "d", label: "days" },
];

export function RunWhen({ draft, set, errorAt }: Props) {
  const error = errorAt("/delay_seconds") ?? errorAt("/run_at");
  return (
    <div className="flex min-w-0 flex-col items-start gap-1.5">
      <span className="font-strong">Run</span>
      <Seg<When>
        label="Run"
        size="lg"
        value={draft.when}
        onChange={(when) => set({ when, ...(when === "at" && draft.at === "" ? { at: inAnHour() } : {}) })}
        options={[
          { value: "now", label: "Now" },
          { value: "in", label: "In…" },
          { value: "at", label: "At…" },
        ]}
      />
      {draft.when === "in" && (
        <span className="flex w-full max-w-64 gap-2">
          <Input
            aria-label="In how many"
            aria-invalid={error ? true : undefined}
            inputMode="decimal"
            value={draft.amount}
            onChange={(event) => set({ amount: event.target.value })}
          />
          <Select
            aria-label="Of what"
            value={draft.unit}
            options={UNITS}
            onChange={(unit) => set({ unit })}
          />
        </span>
      )}
      {draft.when === "at" && (
        <Input
          type="datetime-local"
          aria-label="At, in your time zone"
          aria-invalid={error ? true : undefined}
          className="max-w-64"
          value={draft.at}
          onChange={(event) => set({ at: event.target.value })}
        />
      )}
      {error ? (
        <span role="alert" className="text-12 text-failed">
          {error}
        </span>
      ) : (
        draft.when === "at" && <span className="text-12 text-fg-3">{zone()}</span>
      )}
    </div>
  );
}

export function PickPriority({ draft, set }: Omit<Props, "errorAt">) {
  return (
    <div className="flex min-w-0 flex-col items-start gap-1.5">
      <span className="font-strong">Priority</span>
      <Seg
        label="Priority"
        size="lg"
        value={draft.priority}
        onChange={(priority) => set({ priority })}
        options={PRIORITIES.map((priority) => ({
          value: priority,
          label: (
            <>
              <PriorityBars priority={priority} />
              {priority.charAt(0).toUpperCase() + priority.slice(1)}
            </>
          ),
        }))}
      />
    </div>
  );
}

/** As a datetime-local input has it. */
function inAnHour(): string {
  const time = new Date(Date.now() + 3_600_000);
  const local = new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

function zone(): string {
  return `In your time zone, ${Intl.DateTimeFormat().resolvedOptions().timeZone.replaceAll("_", " ")}.`;
}

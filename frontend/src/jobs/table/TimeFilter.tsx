import { type ReactNode, useId, useState } from "react";
import { Button } from "@/ui/Button";
import { Input } from "@/ui/Field";
import { exactTime } from "@/ui/time";
import { localInput, timeOfInput } from "../localInput";
import { type JobsSearch, SINCE, type Since, withTimes } from "./filters";

interface Props {
  search: JobsSearch;
  onChange: (next: JobsSearch) => void;
}

/** Whether the table is narrowed by when jobs were submitted. */
export function hasTimes({ since, created_after, created_before }: JobsSearch): boolean {
  return since !== undefined || created_after !== undefined || created_before !== undefined;
}

/** 'in the last 24 h', 'after 24 Nov 2026, 14:07:31' */
export function timesText({ since, created_after: after, created_before: before }: JobsSearch): string {
  if (since) return `in the last ${SINCE[since].word}`;
  const parts = [after && `after ${exactTime(after)}`, before && `before ${exactTime(before)}`];
  return parts.filter(Boolean).join(", ");
}

/** When jobs were submitted: lately, or between two times. */
export function TimeFilter({ search, onChange }: Props) {
  return (
    <>
      <Choice checked={!hasTimes(search)} onPick={() => onChange(withTimes(search, {}))}>
        At any time
      </Choice>
      {(Object.keys(SINCE) as Since[]).map((since) => (
        <Choice
          key={since}
          checked={search.since === since}
          onPick={() => onChange(withTimes(search, { since }))}
        >
          In the last {SINCE[since].word}
        </Choice>
      ))}
      <Between key={`${search.created_after} ${search.created_before}`} search={search} onChange={onChange} />
    </>
  );
}

function Between({ search, onChange }: Props) {
  const [from, setFrom] = useState(localInput(search.created_after));
  const [to, setTo] = useState(localInput(search.created_before));
  const id = useId();
  const apply = () =>
    onChange(withTimes(search, { created_after: timeOfInput(from), created_before: timeOfInput(to) }));
  return (
    <form
      className="clear-both grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-2 gap-y-1.5 px-1.5 pt-1.5"
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      <label htmlFor={`${id}-from`} className="text-12 text-fg-3">
        From
      </label>
      <Input
        id={`${id}-from`}
        boxSize="sm"
        type="datetime-local"
        value={from}
        onChange={(event) => setFrom(event.target.value)}
      />
      <label htmlFor={`${id}-to`} className="text-12 text-fg-3">
        Before
      </label>
      <Input
        id={`${id}-to`}
        boxSize="sm"
        type="datetime-local"
        value={to}
        onChange={(event) => setTo(event.target.value)}
      />
      <Button type="submit" className="col-start-2 justify-self-end" disabled={from === "" && to === ""}>
        Apply
      </Button>
    </form>
  );
}

function Choice({
  checked,
  onPick,
  children,
}: {
  checked: boolean;
  onPick: () => void;
  children: ReactNode;
}) {
  return (
    <label className="clear-both flex h-9 cursor-pointer items-center gap-2 rounded-control px-1.5 hover:bg-surface-3 md:h-7 dark:hover:bg-surface-4">
      <input type="radio" name="submitted" checked={checked} onChange={onPick} className="accent-(--fg)" />
      <span className="truncate">{children}</span>
    </label>
  );
}

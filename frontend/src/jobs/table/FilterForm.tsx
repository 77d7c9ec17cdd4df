import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useId, useState } from "react";
import { kinds } from "@/api/jobs";
import { Button } from "@/ui/Button";
import { CheckLine } from "@/ui/CheckLine";
import { cx } from "@/ui/cx";
import { Input } from "@/ui/Field";
import { PriorityBars } from "../Priority";
import { StateIcon } from "../StateBadge";
import { STATES } from "../stateMeta";
import { FIELD_WORD, type FormField, type JobsSearch, PRIORITIES, valueWords, withValues } from "./filters";
import { TimeFilter } from "./TimeFilter";

interface Props {
  search: JobsSearch;
  onChange: (next: JobsSearch) => void;
}

/** The choices of some fields; each click narrows the table at once. */
export function FilterForm({
  search,
  fields,
  times,
  onChange,
}: Props & { fields: readonly FormField[]; times: boolean }) {
  return (
    <div
      className={cx(
        "divide-y",
        // All of them are taller than a laptop: there they stand side by side.
        fields.length > 1 &&
          "md:columns-2 md:gap-x-0 md:[column-rule:1px_solid_var(--line)] md:[&>*]:break-inside-avoid",
      )}
    >
      {fields.map((field) => (
        <fieldset key={field} className="min-w-0 p-2">
          <legend className="float-left w-full px-1.5 pb-1 text-12 font-medium text-fg-3">
            {FIELD_WORD[field]}
          </legend>
          <Choices field={field} search={search} onChange={onChange} />
        </fieldset>
      ))}
      {times && (
        <fieldset className="min-w-0 p-2">
          <legend className="float-left w-full px-1.5 pb-1 text-12 font-medium text-fg-3">Submitted</legend>
          <TimeFilter search={search} onChange={onChange} />
        </fieldset>
      )}
    </div>
  );
}

function Choices({ field, search, onChange }: Props & { field: FormField }) {
  switch (field) {
    case "state":
      return STATES.map((state) => (
        <Choice key={state} {...{ field, search, onChange }} value={state}>
          <StateIcon state={state} fraction={0.3} />
        </Choice>
      ));
    case "priority":
      return PRIORITIES.map((priority) => (
        <Choice key={priority} {...{ field, search, onChange }} value={priority}>
          <PriorityBars priority={priority} />
        </Choice>
      ));
    case "kind":
      return <KindChoices search={search} onChange={onChange} />;
    default:
      return <NameChoices field={field} search={search} onChange={onChange} />;
  }
}

function KindChoices({ search, onChange }: Props) {
  const known = useQuery(kinds()).data?.items.map((kind) => kind.kind) ?? [];
  const all = [...new Set([...known, ...(search.kind ?? [])])].sort();
  return all.map((kind) => (
    <Choice key={kind} field="kind" value={kind} search={search} onChange={onChange} />
  ));
}

/** Queues and tags have no list to pick from: they are typed, and those picked can be unpicked. */
function NameChoices({ field, search, onChange }: Props & { field: FormField }) {
  const [text, setText] = useState("");
  const id = useId();
  const picked = search[field] ?? [];
  return (
    <>
      {picked.map((value) => (
        <Choice key={value} field={field} value={value} search={search} onChange={onChange} />
      ))}
      <form
        className="clear-both flex gap-1.5 px-1.5 pt-0.5"
        onSubmit={(event) => {
          event.preventDefault();
          onChange(withValues(search, field, [...picked, text]));
          setText("");
        }}
      >
        <label htmlFor={id} className="sr-only">
          {FIELD_WORD[field]}
        </label>
        <Input
          id={id}
          boxSize="sm"
          value={text}
          maxLength={64}
          autoComplete="off"
          spellCheck={false}
          placeholder={field === "queue" ? "default" : "month-end"}
          onChange={(event) => setText(event.target.value)}
        />
        <Button type="submit" disabled={text.trim() === ""}>
          Add
        </Button>
      </form>
    </>
  );
}

function Choice({
  field,
  value,
  search,
  onChange,
  children,
}: Props & { field: FormField; value: string; children?: ReactNode }) {
  const picked: readonly string[] = search[field] ?? [];
  const on = picked.includes(value);
  const word = valueWords(field, [value])[0] ?? value;
  return (
    <CheckLine
      className="clear-both"
      label={word}
      checked={on}
      onChange={() =>
        onChange(withValues(search, field, on ? picked.filter((one) => one !== value) : [...picked, value]))
      }
    >
      {children}
    </CheckLine>
  );
}

import { useNavigate } from "@tanstack/react-router";
import { Plus, Rows3, Rows4, X } from "lucide-react";
import { Button } from "@/ui/Button";
import { IconButton } from "@/ui/IconButton";
import { Popover } from "@/ui/Popover";
import { FilterForm } from "./FilterForm";
import {
  FIELD_WORD,
  FIELDS,
  type FilterField,
  hasFilters,
  type JobsSearch,
  valueWords,
  withValues,
} from "./filters";

/** What the table is narrowed by, as chips; the state alone is in the tabs above. */
export function FilterBar({
  search,
  compact,
  onCompact,
}: {
  search: JobsSearch;
  compact: boolean;
  onCompact: (compact: boolean) => void;
}) {
  const navigate = useNavigate();
  const apply = (next: JobsSearch) => void navigate({ to: "/jobs", search: next, replace: true });
  const chips = FIELDS.filter((field) => (search[field]?.length ?? 0) > (field === "state" ? 1 : 0));
  return (
    <search className="flex flex-none items-center gap-1.5 overflow-x-auto border-b px-3 py-2 [scrollbar-width:none] md:pl-4">
      {chips.map((field) => (
        <Chip key={field} field={field} search={search} onChange={apply} />
      ))}
      <FilterPopover
        search={search}
        fields={FIELDS}
        onChange={apply}
        trigger={
          <Button look="ghost" icon={<Plus aria-hidden="true" />}>
            Filter
          </Button>
        }
      />
      {hasFilters(search) && (
        <Button look="ghost" onClick={() => apply({})}>
          Clear
        </Button>
      )}
      <span className="flex-1" />
      <IconButton
        className="max-md:hidden"
        label={compact ? "Rows: compact" : "Rows: comfortable"}
        icon={compact ? <Rows4 aria-hidden="true" /> : <Rows3 aria-hidden="true" />}
        onClick={() => onCompact(!compact)}
      />
    </search>
  );
}

function Chip({
  field,
  search,
  onChange,
}: {
  field: FilterField;
  search: JobsSearch;
  onChange: (next: JobsSearch) => void;
}) {
  const values = search[field] ?? [];
  const words = valueWords(field, values);
  return (
    <span className="inline-flex h-9 flex-none items-stretch overflow-hidden rounded-control border border-line-2 bg-surface text-12 whitespace-nowrap md:h-[26px]">
      <FilterPopover
        search={search}
        fields={[field]}
        onChange={onChange}
        trigger={
          <button type="button" className="flex items-stretch -outline-offset-2! hover:bg-surface-3">
            <span className="flex items-center px-[7px] max-md:sr-only">{FIELD_WORD[field]}</span>
            <span className="flex items-center border-l px-[7px] text-fg-3 max-md:sr-only">
              {values.length > 1 ? "is any of" : "is"}
            </span>
            <span className="flex max-w-60 items-center truncate px-[7px] font-strong md:border-l">
              {words.join(", ")}
            </span>
          </button>
        }
      />
      <button
        type="button"
        aria-label={`Remove filter ${FIELD_WORD[field]}`}
        onClick={() => onChange(withValues(search, field, []))}
        className="flex items-center border-l px-2.5 text-fg-3 -outline-offset-2! hover:bg-surface-3 hover:text-fg md:px-[7px]"
      >
        <X className="size-3.5" aria-hidden="true" />
      </button>
    </span>
  );
}

function FilterPopover({
  search,
  fields,
  onChange,
  trigger,
}: {
  search: JobsSearch;
  fields: readonly FilterField[];
  onChange: (next: JobsSearch) => void;
  trigger: React.ReactElement<Record<string, unknown>>;
}) {
  return (
    <Popover label="Filter" trigger={trigger} className="w-72 p-0!">
      <FilterForm search={search} fields={fields} onChange={onChange} />
    </Popover>
  );
}

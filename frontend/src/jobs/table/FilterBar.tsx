import { useNavigate } from "@tanstack/react-router";
import { Plus, Rows3, Rows4, X } from "lucide-react";
import { SearchBox } from "@/shell/SearchBox";
import { Button } from "@/ui/Button";
import { IconButton } from "@/ui/IconButton";
import { Popover } from "@/ui/Popover";
import { FilterForm } from "./FilterForm";
import {
  ALL_FIELDS,
  FIELD_WORD,
  FIELDS,
  type FilterField,
  type FormField,
  hasFilters,
  isForm,
  type JobsSearch,
  valueWords,
  withOrder,
  withText,
  withTimes,
  withValues,
} from "./filters";
import { SavedViews } from "./SavedViews";
import { SortMenu } from "./SortMenu";
import { hasTimes, timesText } from "./TimeFilter";

/** What the table is narrowed by: a text, and the rest as chips; one state alone is in the tabs above. */
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
  const chips = ALL_FIELDS.filter((field) => (search[field]?.length ?? 0) > (field === "state" ? 1 : 0));
  return (
    <search className="flex flex-none items-center gap-1.5 overflow-x-auto border-b px-3 py-2 [scrollbar-width:none] md:flex-wrap md:pl-4">
      <SearchBox
        label="Search jobs"
        placeholder="Id, kind, tag, error"
        className="w-52! md:w-[236px]!"
        text={search.q ?? ""}
        onSearch={(q) => apply(withText(search, q))}
      />
      {chips.map((field) =>
        isForm(field) ? (
          <Chip key={field} field={field} search={search} onChange={apply} />
        ) : (
          <LinkedChip key={field} field={field} search={search} onChange={apply} />
        ),
      )}
      {hasTimes(search) && <TimeChip search={search} onChange={apply} />}
      <FilterPopover
        search={search}
        fields={FIELDS}
        times
        onChange={apply}
        trigger={
          <Button look="ghost" icon={<Plus aria-hidden="true" />}>
            Filter
          </Button>
        }
      />
      {hasFilters(search) && (
        <Button look="ghost" onClick={() => apply(search.order ? { order: search.order } : {})}>
          Clear
        </Button>
      )}
      <span className="flex-1" />
      <SortMenu order={search.order ?? "newest"} onChange={(order) => apply(withOrder(search, order))} />
      <SavedViews search={search} onOpen={apply} />
      <IconButton
        className="max-md:hidden"
        label={compact ? "Rows: compact" : "Rows: comfortable"}
        icon={compact ? <Rows4 aria-hidden="true" /> : <Rows3 aria-hidden="true" />}
        onClick={() => onCompact(!compact)}
      />
    </search>
  );
}

interface ChipProps {
  search: JobsSearch;
  onChange: (next: JobsSearch) => void;
}

function Chip({ field, search, onChange }: ChipProps & { field: FormField }) {
  const values = search[field] ?? [];
  return (
    <ChipFrame
      word={FIELD_WORD[field]}
      onRemove={() => onChange(withValues(search, field, []))}
      popover={(trigger) => (
        <FilterPopover search={search} fields={[field]} onChange={onChange} trigger={trigger} />
      )}
      operator={values.length > 1 ? "is any of" : "is"}
      value={valueWords(field, values).join(", ")}
    />
  );
}

/** What a link led to: it can be taken away, and not be changed. */
function LinkedChip({ field, search, onChange }: ChipProps & { field: FilterField }) {
  const values = search[field] ?? [];
  return (
    <ChipFrame
      word={FIELD_WORD[field]}
      onRemove={() => onChange(withValues(search, field, []))}
      operator={values.length > 1 ? "is any of" : "is"}
      value={valueWords(field, values).join(", ")}
    />
  );
}

function TimeChip({ search, onChange }: ChipProps) {
  return (
    <ChipFrame
      word="Submitted"
      onRemove={() => onChange(withTimes(search, {}))}
      popover={(trigger) => (
        <FilterPopover search={search} fields={[]} times onChange={onChange} trigger={trigger} />
      )}
      value={timesText(search)}
    />
  );
}

const CHIP_PART = "flex items-center px-[7px]";

function ChipFrame({
  word,
  operator,
  value,
  popover,
  onRemove,
}: {
  word: string;
  operator?: string;
  value: string;
  popover?: (trigger: React.ReactElement<Record<string, unknown>>) => React.ReactNode;
  onRemove: () => void;
}) {
  const parts = (
    <>
      <span className={`${CHIP_PART} max-md:sr-only`}>{word}</span>
      {operator && <span className={`${CHIP_PART} border-l text-fg-3 max-md:sr-only`}>{operator}</span>}
      <span className={`${CHIP_PART} max-w-72 truncate font-strong md:border-l`}>{value}</span>
    </>
  );
  return (
    <span className="inline-flex h-9 flex-none items-stretch overflow-hidden rounded-control border border-line-2 bg-surface text-12 whitespace-nowrap md:h-[26px]">
      {popover ? (
        popover(
          <button type="button" className="flex items-stretch -outline-offset-2! hover:bg-surface-3">
            {parts}
          </button>,
        )
      ) : (
        <span className="flex items-stretch">{parts}</span>
      )}
      <button
        type="button"
        aria-label={`Remove filter ${word}`}
        onClick={onRemove}
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
  times = false,
  onChange,
  trigger,
}: ChipProps & {
  fields: readonly FormField[];
  times?: boolean;
  trigger: React.ReactElement<Record<string, unknown>>;
}) {
  return (
    <Popover
      label="Filter"
      trigger={trigger}
      className={fields.length > 1 ? "w-72 p-0! md:w-[560px]" : "w-72 p-0!"}
    >
      <FilterForm search={search} fields={fields} times={times} onChange={onChange} />
    </Popover>
  );
}

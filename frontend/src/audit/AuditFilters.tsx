import { ListFilter, X } from "lucide-react";
import type { AuditAction } from "@/api/audit";
import { Button } from "@/ui/Button";
import { CheckLine } from "@/ui/CheckLine";
import { Badge } from "@/ui/Pill";
import { Popover } from "@/ui/Popover";
import { Seg } from "@/ui/Seg";
import { ACTION_GROUPS, actionWord } from "./auditText";
import { type AuditSearch, SINCE, type Since } from "./search";

/** What was done, by whom, since when. */
export function AuditFilters({
  search,
  actorName,
  onChange,
}: {
  search: AuditSearch;
  /** Of `search.actor`, once a line has told it. */
  actorName: string | null;
  onChange: (search: AuditSearch) => void;
}) {
  const { action = [], actor, since } = search;
  const { actor: _actor, ...others } = search;
  return (
    <div className="flex min-h-11 flex-none flex-wrap items-center gap-2 border-b px-4 py-1.5">
      <Popover
        label="What was done"
        className="max-h-[70dvh] overflow-auto p-3"
        trigger={
          <Button icon={<ListFilter aria-hidden="true" />}>
            Action
            {action.length > 0 && <Badge label={`${action.length} picked`}>{action.length}</Badge>}
          </Button>
        }
      >
        <ActionForm picked={action} onPick={(picked) => onChange({ ...search, action: [...picked] })} />
      </Popover>
      {actor && (
        <Button icon={<X aria-hidden="true" />} onClick={() => onChange(others)} className="max-w-72">
          <span className="sr-only">Remove the filter:</span>
          <span className="max-w-60 truncate">By {actorName ?? `…${actor.slice(-6)}`}</span>
        </Button>
      )}
      <span className="flex-1" />
      <Seg<Since | "any">
        label="Since when"
        value={since ?? "any"}
        options={[
          ...Object.entries(SINCE).map(([value, { word }]) => ({ value: value as Since, label: word })),
          { value: "any", label: "All" },
        ]}
        onChange={(value) => {
          const { since: _since, ...rest } = search;
          onChange(value === "any" ? rest : { ...rest, since: value });
        }}
      />
    </div>
  );
}

function ActionForm({
  picked,
  onPick,
}: {
  picked: readonly AuditAction[];
  onPick: (picked: readonly AuditAction[]) => void;
}) {
  return (
    <div className="gap-6 md:columns-2">
      {ACTION_GROUPS.map(({ word, actions }) => (
        <fieldset key={word} className="mb-3 break-inside-avoid">
          <legend className="mb-1 text-12 font-medium text-fg-3">{word}</legend>
          {actions.map((action) => (
            <CheckLine
              key={action}
              label={actionWord(action)}
              checked={picked.includes(action)}
              onChange={(checked) =>
                onPick(checked ? [...picked, action] : picked.filter((each) => each !== action))
              }
            />
          ))}
        </fieldset>
      ))}
    </div>
  );
}

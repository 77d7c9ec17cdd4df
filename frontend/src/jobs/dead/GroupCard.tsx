import { ChevronRight, RotateCw, Trash2 } from "lucide-react";
import { useId, useState } from "react";
import type { ErrorGroup, JobFilters } from "@/api/types";
import { Button } from "@/ui/Button";
import { cx } from "@/ui/cx";
import { Tag } from "@/ui/Pill";
import { RelativeTime } from "@/ui/Time";
import { count } from "@/ui/time";
import { visible } from "@/ui/visible";
import type { Ask } from "../bulk/ConfirmBulk";
import { useBulkJobs } from "../bulk/useBulkJobs";
import { GroupJobs } from "./GroupJobs";
import { hintOf } from "./hint";

/** Jobs that failed the same way: how many, since when, and what to do about all of them. */
export function GroupCard({
  group,
  filters,
  first,
  startsOpen,
  onAsk,
}: {
  group: ErrorGroup;
  /** What the whole screen is narrowed by. */
  filters: JobFilters;
  /** Its retry is the next step. */
  first: boolean;
  startsOpen: boolean;
  onAsk: (ask: Ask) => void;
}) {
  const [open, setOpen] = useState(startsOpen);
  const bulk = useBulkJobs();
  const id = useId();
  const hint = hintOf(group);
  const all: JobFilters = {
    ...filters,
    state: ["failed"],
    kind: [group.kind],
    fingerprint: [group.fingerprint],
  };
  return (
    // No landmark: two groups may have the same name, and there may be many.
    <article
      aria-labelledby={id}
      data-tone="failed"
      data-group={group.fingerprint}
      className="overflow-hidden rounded-card border bg-surface"
    >
      <div className="relative grid grid-cols-[16px_auto_minmax(0,1fr)] items-center gap-x-3 gap-y-2 px-3.5 py-2.5 md:grid-cols-[16px_48px_minmax(0,1fr)_104px_208px] md:gap-x-4">
        <ChevronRight
          className={cx("size-4 text-fg-3 transition-transform duration-90", open && "rotate-90")}
          aria-hidden="true"
        />
        <span className="text-right text-20 font-semi tracking-[-.02em] text-tone">{count(group.count)}</span>
        <div className="min-w-0">
          <h2 id={id} className="flex items-center gap-2 text-14">
            <button
              type="button"
              aria-expanded={open}
              onClick={() => setOpen(!open)}
              className="min-w-0 truncate text-left after:absolute after:inset-0 hover:underline"
            >
              {visible(group.type) || "No reason given"}
            </button>
            <Tag className="font-normal">{group.kind}</Tag>
          </h2>
          <p className="truncate text-fg-2" title={visible(group.message)}>
            {visible(group.message.replace(/\s+/g, " "))}
          </p>
        </div>
        <p className="text-12 whitespace-nowrap text-fg-3 max-md:col-start-3">
          <span className="md:block">
            first <RelativeTime at={group.first_seen} />
          </span>
          <span className="md:hidden">, </span>
          <span className="md:block">
            last <RelativeTime at={group.last_seen} />
          </span>
        </p>
        {/* Jobs that ended without an error have no group of their own: no filter names them and no others. */}
        {group.fingerprint !== "" && (
          <div className="relative z-1 flex justify-end gap-1 max-md:col-start-3 max-md:flex-row-reverse max-md:justify-end">
            <Button
              look="ghost"
              icon={<Trash2 aria-hidden="true" />}
              aria-label={`Discard ${count(group.count)} ${group.kind}`}
              onClick={() => onAsk({ verb: "discard", filter: all })}
            >
              Discard
            </Button>
            <Button
              look={first && !hint?.first ? "go" : "plain"}
              icon={<RotateCw aria-hidden="true" />}
              busy={bulk.busy !== null}
              onClick={() => void bulk.run("retry", { filter: all, expected: group.count })}
            >
              Retry {count(group.count)}
            </Button>
          </div>
        )}
      </div>
      {open && (
        <div className="border-t">
          {hint && <p className="border-b bg-surface-2 px-3.5 py-2 text-fg-2 md:pl-11">{hint.text}</p>}
          <GroupJobs
            filters={group.fingerprint === "" ? { state: ["failed"], kind: [group.kind] } : all}
            total={group.count}
          />
        </div>
      )}
    </article>
  );
}

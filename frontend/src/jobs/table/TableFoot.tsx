import type { JobCounts } from "@/api/types";
import { Kbd } from "@/ui/Kbd";
import type { JobsSearch } from "./filters";
import { countText, sumOf } from "./StateTabs";

export function TableFoot({
  search,
  counts,
  loaded,
}: {
  search: JobsSearch;
  counts: JobCounts | undefined;
  loaded: string;
}) {
  const total = counts && sumOf(counts, search.state);
  return (
    <footer className="flex h-8 flex-none items-center gap-3 border-t bg-surface px-4 text-12 whitespace-nowrap text-fg-3 max-md:hidden">
      <span>
        {counts && total !== undefined
          ? `${countText(total, counts)} ${total === 1 ? "job matches" : "jobs match"}`
          : `${loaded} loaded`}
      </span>
      <span className="hidden truncate 2xl:inline">
        Newest first: rows stay where they are until you ask for the new ones
      </span>
      <span className="flex-1" />
      <span className="flex items-center gap-1">
        <Kbd>j</Kbd>
        <Kbd>k</Kbd> move
      </span>
      <span className="flex items-center gap-1">
        <Kbd>x</Kbd> select
      </span>
      <span className="flex items-center gap-1">
        <Kbd>?</Kbd> all keys
      </span>
    </footer>
  );
}

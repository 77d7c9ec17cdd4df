import type { JobCounts } from "@/api/types";
import { bottomBar } from "@/ui/bottomBars";
import { Kbd } from "@/ui/Kbd";
import { ORDERS, type Order } from "./filters";
import { countText } from "./StateTabs";

export function TableFoot({
  order,
  counts,
  total,
  loaded,
}: {
  order: Order;
  counts: JobCounts | undefined;
  /** How many of those counted match. */
  total: number | undefined;
  loaded: string;
}) {
  return (
    <footer
      ref={bottomBar}
      className="flex h-8 flex-none items-center gap-3 border-t bg-surface px-4 text-12 whitespace-nowrap text-fg-3 max-md:hidden"
    >
      <span>
        {counts && total !== undefined
          ? `${countText(total, counts)} ${total === 1 ? "job matches" : "jobs match"}`
          : `${loaded} loaded`}
      </span>
      <span className="hidden truncate 2xl:inline">{ORDERS[order].foot}</span>
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

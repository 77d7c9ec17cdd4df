import { useQueryClient } from "@tanstack/react-query";
import { type RefObject, useCallback, useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import type { JobFilters, JobSummary } from "@/api/types";
import { Button } from "@/ui/Button";
import { ErrorState } from "@/ui/ErrorState";
import { SkeletonRows } from "@/ui/Skeleton";
import { count } from "@/ui/time";
import { PHONE, useMedia } from "@/ui/useMedia";
import { ConfirmBulk } from "../bulk/ConfirmBulk";
import { leaveTrail } from "../trail";
import { BulkBar } from "./BulkBar";
import type { JobsSearch } from "./filters";
import { NewPill } from "./NewPill";
import { NoRows } from "./NoRows";
import { countText, sumOf, useTabCounts } from "./StateTabs";
import { extendTo, keepOnly, NOTHING_PICKED, type Selection, toggle, toggleAll } from "./selection";
import { TableFoot } from "./TableFoot";
import { TableHead } from "./TableHead";
import { useJobRows } from "./useJobRows";
import { useRowKeys } from "./useRowKeys";
import { useTableActions } from "./useTableActions";
import { type RowsHandle, VirtualRows } from "./VirtualRows";

interface Props {
  search: JobsSearch;
  /** The same, as the server takes it. */
  filters: JobFilters;
  compact: boolean;
  /** Checkboxes on phones too; also on while something is picked. */
  choosing: boolean;
  onPicking: (picking: boolean) => void;
}

export function JobsTable({ search, filters, compact, choosing, onPicking }: Props) {
  const { order: sortOrder = "newest" } = search;
  const counts = useTabCounts(filters);
  const { list, rows, waiting, showWaiting, readMissed } = useJobRows(filters, sortOrder);
  const [selected, setSelected] = useState(NOTHING_PICKED);
  const [everything, setEverything] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const handle = useRef<RowsHandle>(null);
  const cards = useMedia(PHONE);

  const order = useMemo(() => rows.map((job) => job.id), [rows]);
  const selection = useMemo(
    () => (everything ? { ids: new Set(order), from: null } : keepOnly(selected, order)),
    [everything, selected, order],
  );
  const newest = useMemo(() => newestOf(rows), [rows]);
  const picked = useMemo(() => rows.filter((job) => selection.ids.has(job.id)), [rows, selection]);
  const picking = picked.length > 0;
  useEffect(() => onPicking(picking), [onPicking, picking]);
  useEffect(() => () => onPicking(false), [onPicking]);

  // The rows on screen at the time of the click: a new function each time would draw every row anew.
  const now = useRef({ order });
  now.current = { order };
  useLeaveTrail(search, now);
  const setSelection = (next: Selection) => {
    setEverything(false);
    setSelected(next);
  };
  const pick = useCallback((id: string, range: boolean) => {
    setEverything(false);
    setSelected((old) => (range ? extendTo(old, now.current.order, id) : toggle(old, id)));
  }, []);
  const showNew = () => {
    scroller.current?.scrollTo({ top: 0 });
    void showWaiting();
  };
  const actions = useTableActions({
    picked,
    everything,
    filters,
    counts,
    // In another order what came in since is among what one would see by scrolling.
    newest: sortOrder === "newest" ? newest : undefined,
    onDone: () => setSelection(NOTHING_PICKED),
  });
  const currentId = useRowKeys({
    rows,
    picked,
    search,
    actions,
    pick,
    setSelection,
    nothing: NOTHING_PICKED,
    showRow: (index) => handle.current?.show(index),
    showWaiting: showNew,
  });

  const { hasNextPage, isFetching, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = list;
  const readMore = useCallback(() => {
    // While the rows are read anew the next page has to wait: asking for it would break that off, and they stayed old.
    if (hasNextPage && !isFetching && !isFetchNextPageError) void fetchNextPage();
  }, [hasNextPage, isFetching, isFetchNextPageError, fetchNextPage]);

  const total = counts && sumOf(counts, filters.state ?? undefined);
  const more = counts && total !== undefined && total > picked.length ? countText(total, counts) : null;
  const pickEverything = () => {
    setSelected({ ids: new Set(order), from: null });
    setEverything(true);
  };

  if (list.isError && !list.data) {
    return (
      <ErrorState
        title="The list could not be read"
        error={list.error}
        onRetry={() => void list.refetch()}
        retrying={list.isFetching}
      />
    );
  }
  if (!list.data) return <SkeletonRows rows={14} />;
  // A page may hold no rows while there are more to come: then it is not empty, only not read yet.
  if (rows.length === 0 && !hasNextPage) {
    return (
      <div className="relative flex min-h-0 flex-1 overflow-auto">
        {waiting > 0 && <NewPill waiting={waiting} onShow={showNew} />}
        <NoRows search={search} />
      </div>
    );
  }
  return (
    <>
      <div className="relative flex min-h-0 flex-1 flex-col">
        {waiting > 0 && <NewPill waiting={waiting} onShow={showNew} />}
        <div
          ref={scroller}
          // Room for the bar that floats over the last rows.
          className={`min-h-0 flex-1 overflow-auto overscroll-contain ${picking ? "scroll-pb-28 pb-28 md:scroll-pb-20 md:pb-20" : ""}`}
        >
          {/* biome-ignore lint/a11y/useSemanticElements: the rows of a virtual list stand at computed places */}
          <div role="table" aria-label="Jobs" aria-rowcount={hasNextPage ? -1 : rows.length + 1}>
            <TableHead
              picked={picked.length}
              shown={rows.length}
              onToggleAll={() => setSelection(toggleAll(selection, order))}
            />
            <VirtualRows
              {...{ rows, selection, currentId, compact, cards, scroller, handle }}
              picking={choosing || picking}
              onPick={pick}
              onNearEnd={readMore}
              onInSight={readMissed}
            />
          </div>
          {isFetchNextPageError && (
            <p role="alert" className="flex items-center justify-center gap-3 p-3 text-fg-2">
              The next jobs could not be read.
              <Button size="sm" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                Try again
              </Button>
            </p>
          )}
        </div>
      </div>
      {picking && (
        <BulkBar
          picked={actions.amounts}
          actions={{
            retry: () => actions.start("retry", picked),
            cancel: () => actions.start("cancel", picked),
            discard: () => actions.start("discard", picked),
            copy: everything ? undefined : () => actions.copy(picked),
            clear: () => setSelection(NOTHING_PICKED),
            everything: more && !everything ? { number: more, pick: pickEverything } : undefined,
            busy: actions.busy,
          }}
        />
      )}
      <ConfirmBulk
        ask={actions.ask}
        busy={actions.busy !== null}
        onConfirm={(ask, expected) => void actions.confirm(ask, expected)}
        onClose={actions.close}
      />
      <TableFoot order={sortOrder} counts={counts} total={total} loaded={count(rows.length)} />
    </>
  );
}

/** Leaves behind what was on screen, for the job's page that comes next. */
function useLeaveTrail(search: JobsSearch, now: RefObject<{ order: readonly string[] }>): void {
  const queryClient = useQueryClient();
  const leave = useEffectEvent(() => leaveTrail(queryClient, { search, ids: now.current.order }));
  useEffect(() => () => leave(), []);
}

function newestOf(rows: readonly JobSummary[]): string | undefined {
  return rows.reduce<string | undefined>(
    (newest, { created_at }) => (newest === undefined || created_at > newest ? created_at : newest),
    undefined,
  );
}

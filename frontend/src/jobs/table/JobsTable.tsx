import { useCallback, useEffect, useRef, useState } from "react";
import type { JobCounts } from "@/api/types";
import { Button } from "@/ui/Button";
import { ErrorState } from "@/ui/ErrorState";
import { SkeletonRows } from "@/ui/Skeleton";
import { count } from "@/ui/time";
import { PHONE, useMedia } from "@/ui/useMedia";
import { BulkBar } from "./BulkBar";
import type { JobsSearch } from "./filters";
import { NewPill } from "./NewPill";
import { NoRows } from "./NoRows";
import { extendTo, keepOnly, NOTHING_PICKED, toggle, toggleAll } from "./selection";
import { TableFoot } from "./TableFoot";
import { TableHead } from "./TableHead";
import { useBulk } from "./useBulk";
import { useJobRows } from "./useJobRows";
import { useRowKeys } from "./useRowKeys";
import { type RowsHandle, VirtualRows } from "./VirtualRows";

interface Props {
  search: JobsSearch;
  counts: JobCounts | undefined;
  compact: boolean;
  /** Checkboxes on phones too; also on while something is picked. */
  choosing: boolean;
  onPicking: (picking: boolean) => void;
}

export function JobsTable({ search, counts, compact, choosing, onPicking }: Props) {
  const { list, rows, waiting, showWaiting } = useJobRows(search);
  const [selected, setSelection] = useState(NOTHING_PICKED);
  const scroller = useRef<HTMLDivElement>(null);
  const handle = useRef<RowsHandle>(null);
  const cards = useMedia(PHONE);
  const bulk = useBulk();

  const order = rows.map((job) => job.id);
  const selection = keepOnly(selected, order);
  const picked = rows.filter((job) => selection.ids.has(job.id));
  const picking = picked.length > 0;
  useEffect(() => onPicking(picking), [onPicking, picking]);
  useEffect(() => () => onPicking(false), [onPicking]);

  // The rows on screen at the time of the click: a new function each time would draw every row anew.
  const now = useRef({ order });
  now.current = { order };
  const pick = useCallback((id: string, range: boolean) => {
    setSelection((old) => (range ? extendTo(old, now.current.order, id) : toggle(old, id)));
  }, []);
  const showNew = () => {
    scroller.current?.scrollTo({ top: 0 });
    void showWaiting();
  };
  const currentId = useRowKeys({
    rows,
    picked,
    search,
    bulk,
    pick,
    setSelection,
    nothing: NOTHING_PICKED,
    showRow: (index) => handle.current?.show(index),
    showWaiting: showNew,
  });

  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = list;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage]);

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
          className={`min-h-0 flex-1 overflow-auto overscroll-contain ${picking ? "scroll-pb-20 pb-20" : ""}`}
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
              onNearEnd={more}
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
          picked={picked}
          actions={{
            retry: () => void bulk.retry(picked),
            cancel: () => void bulk.cancel(picked),
            copy: () => bulk.copy(picked),
            clear: () => setSelection(NOTHING_PICKED),
            busy: bulk.busy,
          }}
        />
      )}
      <TableFoot search={search} counts={counts} loaded={count(rows.length)} />
    </>
  );
}

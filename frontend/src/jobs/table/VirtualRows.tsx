import { useLocation } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useCallback, useEffect, useImperativeHandle, useLayoutEffect, useRef } from "react";
import type { JobSummary } from "@/api/types";
import { JobRow } from "./JobRow";
import type { Selection } from "./selection";

const HEIGHT = { comfortable: 36, compact: 28, card: 64, cardWithBar: 85 };
/** Asks for the next page when this many rows are left below. */
const AHEAD = 20;

export interface RowsHandle {
  show: (index: number) => void;
}

interface Props {
  rows: readonly JobSummary[];
  selection: Selection;
  picking: boolean;
  currentId: string | null;
  onPick: (id: string, range: boolean) => void;
  compact: boolean;
  cards: boolean;
  scroller: RefObject<HTMLDivElement | null>;
  handle: RefObject<RowsHandle | null>;
  onNearEnd: () => void;
}

/** Only the rows in sight are in the document, so ten thousand scroll like ten. */
export function VirtualRows({
  rows,
  selection,
  picking,
  currentId,
  onPick,
  compact,
  cards,
  scroller,
  handle,
  onNearEnd,
}: Props) {
  const heightOf = (index: number) => {
    if (!cards) return compact ? HEIGHT.compact : HEIGHT.comfortable;
    const job = rows[index];
    return job?.state === "running" && job.progress ? HEIGHT.cardWithBar : HEIGHT.card;
  };
  const entry = useLocation({ select: ({ state }) => state.__TSR_key ?? "" });
  // With another function it would measure all rows anew, at each step of a scroll.
  const keyOf = useCallback((index: number) => rows[index]?.id ?? index, [rows]);
  const virtual = useVirtualizer({
    initialOffset: () => places.get(entry) ?? 0,
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: heightOf,
    getItemKey: keyOf,
    overscan: 12,
    scrollPaddingStart: 32,
    scrollPaddingEnd: 64,
  });
  useRemember(entry, virtual);
  useImperativeHandle(handle, () => ({ show: (index) => virtual.scrollToIndex(index) }));

  // A card grows by its bar, a table by its density: sizes are computed anew.
  const sizes = cards ? rows.map((_, index) => heightOf(index)).join() : String(compact);
  const measured = useRef(sizes);
  useEffect(() => {
    if (measured.current === sizes) return;
    measured.current = sizes;
    virtual.measure();
  }, [sizes, virtual]);

  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= rows.length - AHEAD) onNearEnd();
  }, [last, rows.length, onNearEnd]);

  return (
    // biome-ignore lint/a11y/useSemanticElements: the rows stand at computed places
    <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
      {items.map((item) => {
        const job = rows[item.index];
        if (!job) return null;
        return (
          <div
            key={item.key}
            role="presentation"
            className="absolute inset-x-0 top-0"
            style={{ height: item.size, transform: `translateY(${item.start}px)` }}
          >
            <JobRow
              job={job}
              rowIndex={item.index + 2}
              picked={selection.ids.has(job.id)}
              picking={picking}
              current={job.id === currentId}
              onPick={onPick}
            />
          </div>
        );
      })}
    </div>
  );
}

/** How far each visit of a table was scrolled, by its entry in the browser's history: Back leads to the same rows. */
const places = new Map<string, number>();
const PLACES_LIMIT = 50;

function useRemember(entry: string, virtual: { scrollOffset: number | null }): void {
  useLayoutEffect(
    () => () => {
      places.delete(entry);
      places.set(entry, virtual.scrollOffset ?? 0);
      if (places.size > PLACES_LIMIT) places.delete(places.keys().next().value ?? "");
    },
    [entry, virtual],
  );
}

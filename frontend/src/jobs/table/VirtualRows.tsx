import { useLocation } from "@tanstack/react-router";
import { memo, type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useRef } from "react";
import type { JobSummary } from "@/api/types";
import { JobRow } from "./JobRow";
import type { Selection } from "./selection";
import { type RowsHandle, useRowWindow } from "./useRowWindow";

export type { RowsHandle } from "./useRowWindow";

const HEIGHT = { comfortable: 36, compact: 28, card: 64, cardWithBar: 85 };
/** Asks for the next page when this many rows are left below those that are drawn. */
const AHEAD = 12;

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
  /** The rows that are drawn, whenever they are others or changed. */
  onInSight: (rows: readonly JobSummary[]) => void;
}

/** Only the rows in sight are in the document, so ten thousand scroll like ten. */
export const VirtualRows = memo(function VirtualRows({
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
  onInSight,
}: Props) {
  const entry = useLocation({ select: ({ state }) => state.__TSR_key ?? "" });
  const group = useRef<HTMLDivElement>(null);
  const view = useRowWindow({
    count: rows.length,
    heightOf: useHeights(rows, compact, cards),
    scroller,
    rows: group,
    handle,
    initial: places.get(entry) ?? 0,
  });
  useRemember(entry, view.scrolled);
  useEffect(() => {
    if (view.to >= rows.length - AHEAD) onNearEnd();
  }, [view.to, rows.length, onNearEnd]);
  useEffect(() => onInSight(rows.slice(view.from, view.to)), [rows, view.from, view.to, onInSight]);

  return (
    // biome-ignore lint/a11y/useSemanticElements: the rows stand at computed places
    <div ref={group} role="rowgroup" className="relative" style={{ height: view.height }}>
      {rows.slice(view.from, view.to).map((job, nth) => (
        <JobRow
          key={job.id}
          job={job}
          rowIndex={view.from + nth + 2}
          top={view.topOf(view.from + nth)}
          height={view.topOf(view.from + nth + 1) - view.topOf(view.from + nth)}
          picked={selection.ids.has(job.id)}
          picking={picking}
          current={job.id === currentId}
          card={cards}
          onPick={onPick}
        />
      ))}
    </div>
  );
});

/** How high each row is: the same function while no height changes. A card grows by its bar, a table by its density. */
function useHeights(
  rows: readonly JobSummary[],
  compact: boolean,
  cards: boolean,
): (index: number) => number {
  const withBar = cards ? rows.flatMap((job, index) => (hasBar(job) ? [index] : [])).join() : "";
  const barred = useMemo(() => new Set(withBar.split(",").filter(Boolean).map(Number)), [withBar]);
  return useCallback(
    (index) => {
      if (!cards) return compact ? HEIGHT.compact : HEIGHT.comfortable;
      return barred.has(index) ? HEIGHT.cardWithBar : HEIGHT.card;
    },
    [barred, cards, compact],
  );
}

function hasBar({ state, progress }: JobSummary): boolean {
  return state === "running" && progress !== null;
}

/** How far each visit of a table was scrolled, by its entry in the browser's history: Back leads to the same rows. */
const places = new Map<string, number>();
const PLACES_LIMIT = 50;

function useRemember(entry: string, scrolled: RefObject<number>): void {
  useLayoutEffect(
    () => () => {
      places.delete(entry);
      places.set(entry, scrolled.current);
      if (places.size > PLACES_LIMIT) places.delete(places.keys().next().value ?? "");
    },
    [entry, scrolled],
  );
}

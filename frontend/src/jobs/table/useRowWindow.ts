import {
  type RefObject,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";

/** Rows that are drawn beyond what is in sight, so that a scroll meets them ready. */
const BEYOND = 8;
/** The window moves by so many rows at once: a scroll draws anew every few rows, not at each. */
const STEP = 4;
/** A row that is shown stands clear of the head, and of what floats over the foot. */
const CLEAR_BELOW = 64;

export interface RowsHandle {
  show: (index: number) => void;
}

interface Span {
  from: number;
  to: number;
}

/** What stands above and below the rows in the window, about: for the first drawing, before anything has a height. */
const AROUND = 180;

interface Options {
  count: number;
  /** Known before a row is drawn: nothing is ever measured. Give the same function while the heights are the same. */
  heightOf: (index: number) => number;
  /** What scrolls; the rows may stand below a head in it. */
  scroller: RefObject<HTMLElement | null>;
  rows: RefObject<HTMLElement | null>;
  handle: RefObject<RowsHandle | null>;
  /** How far it is scrolled at first. */
  initial: number;
}

/**
 * Which rows are in sight, when all heights are known. Our own, because the library for this measures rows and follows
 * their changes: 10 kB more to load, for what the jobs table does not need.
 */
export function useRowWindow({ count, heightOf, scroller, rows, handle, initial }: Options) {
  const tops = useMemo(() => topsOf(count, heightOf), [count, heightOf]);
  const [view, setView] = useState(() => ({ top: initial, height: window.innerHeight - AROUND }));
  const span = spanOf(tops, view.top, view.height);
  const scrolled = useRef(initial);
  const now = useRef({ tops, span });
  now.current = { tops, span };

  useLayoutEffect(() => {
    const box = scroller.current;
    if (box && scrolled.current > 0) box.scrollTop = scrolled.current;
  }, [scroller]);

  useEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const look = () => {
      scrolled.current = box.scrollTop;
      const next = { top: box.scrollTop, height: box.clientHeight };
      const old = now.current.span;
      const { from, to } = spanOf(now.current.tops, next.top, next.height);
      if (from !== old.from || to !== old.to) setView(next);
    };
    // It looks at once too, when everything has been laid out: asked for before, all of it would be laid out twice.
    const resized = new ResizeObserver(look);
    resized.observe(box);
    box.addEventListener("scroll", look, { passive: true });
    return () => {
      resized.disconnect();
      box.removeEventListener("scroll", look);
    };
  }, [scroller]);

  useImperativeHandle(handle, () => ({
    show: (index) => {
      const box = scroller.current;
      const [top, bottom] = [tops[index], tops[index + 1]];
      if (!box || top === undefined || bottom === undefined) return;
      const head = rows.current?.offsetTop ?? 0;
      const lowest = head + bottom + CLEAR_BELOW - box.clientHeight;
      if (top < box.scrollTop) box.scrollTop = top;
      else if (lowest > box.scrollTop) box.scrollTop = lowest;
    },
  }));

  return { ...span, topOf: (index: number) => tops[index] ?? 0, height: tops[count] ?? 0, scrolled };
}

/** Where each row begins, and at the end where the last one ends. */
export function topsOf(count: number, heightOf: (index: number) => number): Float64Array {
  const tops = new Float64Array(count + 1);
  for (let index = 0; index < count; index += 1) tops[index + 1] = (tops[index] ?? 0) + heightOf(index);
  return tops;
}

/** The rows to draw where the view begins at `top` and is `height` high. */
export function spanOf(tops: Float64Array, top: number, height: number): Span {
  const count = tops.length - 1;
  const first = rowAt(tops, top);
  const last = rowAt(tops, top + height);
  return {
    from: Math.max(0, Math.floor((first - BEYOND) / STEP) * STEP),
    to: Math.min(count, Math.ceil((last + 1 + BEYOND) / STEP) * STEP),
  };
}

/** The row that covers this height: the last that begins at it or above. */
function rowAt(tops: Float64Array, at: number): number {
  let low = 0;
  let high = Math.max(0, tops.length - 2);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((tops[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

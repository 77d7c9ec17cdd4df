import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useRef } from "react";
import type { LogLine } from "@/api/types";
import { cx } from "@/ui/cx";
import { exactTime } from "@/ui/time";
import { visible } from "@/ui/visible";
import { type LogRow, marked } from "./logLines";

const LINE_HEIGHT = 20;
/** So near to the end counts as the end. */
const END_PX = 8;

/** Only the lines in sight are in the document. While it follows, the last one stays in sight. */
export function LogList({
  rows,
  text,
  following,
  onFollowing,
}: {
  rows: readonly LogRow[];
  text: string;
  following: boolean;
  onFollowing: (following: boolean) => void;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const keyAt = useCallback((index: number) => keyOf(rows[index]) ?? index, [rows]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    getItemKey: keyAt,
    overscan: 20,
  });
  const size = virtual.getTotalSize();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the size is what moves the end away
  useEffect(() => {
    if (following && scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight;
  }, [following, rows.length, size]);
  const seen = useRef(0);
  const onScroll = () => {
    const box = scroller.current;
    if (!box) return;
    const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight <= END_PX;
    // Only a person scrolls up: a line that comes in moves the end, and not the place.
    if (atEnd) onFollowing(true);
    else if (box.scrollTop < seen.current) onFollowing(false);
    seen.current = box.scrollTop;
  };
  return (
    <div
      ref={scroller}
      role="log"
      aria-label="Log"
      aria-live="off"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      onScroll={onScroll}
      className="code-12 max-h-[min(56dvh,480px)] overflow-auto overscroll-contain py-2 leading-5 -outline-offset-2!"
    >
      <div className="relative" style={{ height: size }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          return (
            row && (
              <div
                key={item.key}
                ref={virtual.measureElement}
                data-index={item.index}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                {"line" in row ? <Line line={row.line} text={text} /> : <Divider attempt={row.attempt} />}
              </div>
            )
          );
        })}
      </div>
    </div>
  );
}

const TONE: Partial<Record<LogLine["level"], "failed" | "retrying">> = {
  error: "failed",
  warning: "retrying",
};
const WORD = { debug: "DEBUG", info: "INFO", warning: "WARN", error: "ERROR" } as const;

function Line({ line, text }: { line: LogLine; text: string }) {
  const tone = TONE[line.level];
  return (
    <div
      data-tone={tone}
      data-level={line.level}
      className={cx("flex gap-x-3.5 px-3.5 max-md:flex-wrap", tone && "bg-tone-bg")}
    >
      <time dateTime={line.at} title={exactTime(line.at)} className="shrink-0 text-fg-2">
        {clock(line.at)}
      </time>
      <span className={cx("w-11 shrink-0", tone ? "font-medium text-tone" : "text-fg-2")}>
        {WORD[line.level]}
      </span>
      <span className="min-w-0 flex-1 whitespace-pre-wrap wrap-anywhere max-md:basis-full">
        {marked(visible(line.message), text).map((part, index) =>
          part.hit ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text never move
            <mark key={index} className="rounded-tag bg-hv text-hv-ink">
              {part.text}
            </mark>
          ) : (
            part.text
          ),
        )}
      </span>
    </div>
  );
}

function Divider({ attempt }: { attempt: number }) {
  return (
    <div className="flex items-center gap-2.5 px-3.5 py-0.5 font-sans text-12 text-fg-3">
      Attempt {attempt}
      <span className="h-px flex-1 bg-line" aria-hidden="true" />
    </div>
  );
}

function keyOf(row: LogRow | undefined): string | undefined {
  if (!row) return undefined;
  return "line" in row ? row.line.id : row.key;
}

const CLOCK = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
});

function clock(at: string): string {
  return CLOCK.format(Date.parse(at));
}

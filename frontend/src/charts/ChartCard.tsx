import { Table2 } from "lucide-react";
import { lazy, Suspense, useMemo, useState } from "react";
import { Card } from "@/ui/Card";
import { ErrorState } from "@/ui/ErrorState";
import { IconButton } from "@/ui/IconButton";
import { SkeletonGroup } from "@/ui/Skeleton";
import { PHONE, useMedia } from "@/ui/useMedia";
import { Legend } from "./Legend";
import { barsFor } from "./room";
import { type Chart, merged, titleOf } from "./series";
import { useWidth } from "./useWidth";

/** One height for the drawing and all that may stand in its place: nothing below it ever moves. */
const PLACE = "flex h-[234px] flex-col overflow-hidden md:h-[206px]";
const Plot = lazy(() => import("./Plot"));
const DataTable = lazy(() => import("./DataTable"));

/** One chart with its figures, or the same as a table. Under the pointer and by the arrow keys it tells each bucket. */
export function ChartCard({
  title,
  chart,
  error,
  onRetry,
  nothing,
  note,
}: {
  title: string;
  chart: Chart | undefined;
  error: unknown;
  onRetry: () => void;
  /** Said in place of a drawing that would be empty. */
  nothing: string;
  /** After the title, in grey: what the numbers are. */
  note?: string;
}) {
  const isPhone = useMedia(PHONE);
  const [place, width] = useWidth<HTMLDivElement>();
  const [asTable, setAsTable] = useState(false);
  const [pointed, setPointed] = useState<number | null>(null);
  const shown = useMemo(() => (chart && width > 0 ? merged(chart, barsFor(width)) : chart), [chart, width]);
  const isEmpty = shown?.series.every(({ values }) => values.every((value) => !value));
  const failed = error !== null && !shown;
  const name = shown ? titleOf(shown) : title;
  // The window may have become a shorter one, or the drawing a narrower one, under the pointer.
  const at = shown && pointed !== null && !asTable ? Math.min(pointed, shown.starts.length - 1) : null;
  return (
    <Card
      title={name}
      note={note && <span className="truncate text-12 text-fg-3 max-md:hidden">{note}</span>}
      end={
        shown &&
        !isEmpty && (
          <>
            {!isPhone && <Legend chart={shown} at={at} />}
            <IconButton
              size="sm"
              label={asTable ? `${name}: show the chart` : `${name}: show as a table`}
              className={asTable ? "bg-surface-3" : ""}
              icon={<Table2 aria-hidden="true" />}
              onClick={() => setAsTable(!asTable)}
            />
          </>
        )
      }
    >
      <div ref={place} className={PLACE}>
        {failed ? (
          <ErrorState title="The numbers could not be read" error={error} onRetry={onRetry} />
        ) : !shown ? (
          <PlotSkeleton />
        ) : isEmpty ? (
          <p className="m-auto px-4 text-center text-fg-3">{nothing}</p>
        ) : (
          <>
            {isPhone && (
              <div className="flex h-7 flex-none items-end px-3.5">
                <Legend chart={shown} at={at} />
              </div>
            )}
            <Suspense fallback={<PlotSkeleton />}>
              {asTable ? (
                <DataTable chart={shown} />
              ) : (
                <Plot chart={shown} width={width} at={at} onPoint={setPointed} />
              )}
            </Suspense>
          </>
        )}
      </div>
    </Card>
  );
}

/** The grid alone: bars that are not yet there are not guessed. */
function PlotSkeleton() {
  return (
    <SkeletonGroup className="flex flex-1 flex-col justify-between px-3.5 pt-5 pb-9">
      {[0, 1, 2, 3].map((line) => (
        <span key={line} className="block border-t" />
      ))}
    </SkeletonGroup>
  );
}

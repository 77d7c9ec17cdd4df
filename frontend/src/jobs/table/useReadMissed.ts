import { skipToken, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { jobKeys } from "@/api/jobs";
import type { JobFilters, JobOrder, JobSummary } from "@/api/types";
import { MissedRows } from "./missedRows";

/**
 * After more happened than was told: reads anew what is looked at of a long list. Give what it returns the rows in sight,
 * whenever they are others; `shown` are the ids of all rows.
 */
export function useReadMissed(
  filters: JobFilters,
  order: JobOrder,
  shown: ReadonlySet<string>,
): (inSight: readonly JobSummary[]) => void {
  const queryClient = useQueryClient();
  const missedAt = useQuery<number>({ queryKey: jobKeys.missedAt, queryFn: skipToken }).data ?? 0;
  const reader = useMemo(() => new MissedRows(queryClient, filters, order), [queryClient, filters, order]);
  useEffect(() => () => reader.stop(), [reader]);
  // A new function with each new row would draw every row anew.
  const now = useRef(shown);
  now.current = shown;
  return useCallback(
    (inSight) => {
      if (missedAt === 0) return;
      reader.look({ missedAt, inSight: new Set(inSight.map(({ id }) => id)), shown: now.current });
    },
    [reader, missedAt],
  );
}

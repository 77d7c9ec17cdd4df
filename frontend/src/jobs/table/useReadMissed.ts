import {
  type InfiniteData,
  type QueryClient,
  skipToken,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useCallback, useRef } from "react";
import { writeJobs } from "@/api/jobCache";
import { jobKeys, PAGE_SIZE, type ReadPage, readJobs } from "@/api/jobs";
import type { JobFilters, JobOrder, JobSummary } from "@/api/types";

/** After a failure events and scrolls do not ask again for so long. */
const REST_MS = 5_000;

type Pages = InfiniteData<ReadPage, string | null>;

/**
 * After more happened than was told: reads anew what is looked at of a long list, page by page, and its first page, where
 * new jobs come in. Rows change in place. Give what it returns the rows in sight, whenever they are others.
 */
export function useReadMissed(
  filters: JobFilters,
  order: JobOrder,
): (inSight: readonly JobSummary[]) => void {
  const queryClient = useQueryClient();
  const missedAt = useQuery<number>({ queryKey: jobKeys.missedAt, queryFn: skipToken }).data ?? 0;
  const ids = useRef<ReadonlySet<string>>(new Set());
  const reading = useRef(false);
  const restUntil = useRef(0);
  return useCallback(
    (inSight) => {
      if (missedAt === 0) return;
      ids.current = new Set(inSight.map(({ id }) => id));
      const isOld = (page: ReadPage, nth: number) =>
        page.readAt < missedAt && (nth === 0 || page.items.some(({ id }) => ids.current.has(id)));
      if (reading.current || performance.now() < restUntil.current) return;
      reading.current = true;
      void readWhile(queryClient, { filters, order, isOld })
        .catch(() => {
          restUntil.current = performance.now() + REST_MS;
        })
        .finally(() => {
          reading.current = false;
        });
    },
    [queryClient, filters, order, missedAt],
  );
}

interface Asked {
  filters: JobFilters;
  order: JobOrder;
  isOld: (page: ReadPage, nth: number) => boolean;
}

/** One page after the other, each once: a page that was read is no longer old. */
async function readWhile(queryClient: QueryClient, { filters, order, isOld }: Asked): Promise<void> {
  const queryKey = jobKeys.list(filters, PAGE_SIZE, order);
  for (;;) {
    const data = queryClient.getQueryData<Pages>(queryKey);
    const index = data?.pages.findIndex(isOld) ?? -1;
    if (!data || index < 0) return;
    const cursor = data.pageParams[index] ?? null;
    const fresh = await readJobs(filters, { limit: PAGE_SIZE, order, cursor });
    writeJobs(queryClient, new Map(fresh.items.map((job) => [job.id, job])));
    queryClient.setQueryData<Pages>(queryKey, (now) => now && withRead(now, { cursor, fresh, order }));
  }
}

/** Notes that this page is no longer old. Jobs that came in since stand before the others, where the table holds them back. */
function withRead(
  data: Pages,
  { cursor, fresh, order }: { cursor: string | null; fresh: ReadPage; order: JobOrder },
): Pages {
  const known = new Set(data.pages.flatMap((page) => page.items.map(({ id }) => id)));
  const added = cursor === null && order === "newest" ? fresh.items.filter(({ id }) => !known.has(id)) : [];
  const index = data.pageParams.indexOf(cursor);
  const pages = data.pages.map((page, nth) =>
    nth === index ? { ...page, items: [...added, ...page.items], readAt: fresh.readAt } : page,
  );
  return { ...data, pages };
}

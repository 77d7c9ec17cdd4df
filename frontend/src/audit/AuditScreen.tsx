import { useInfiniteQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { auditTrail } from "@/api/audit";
import { usePageTitle } from "@/shell/usePageTitle";
import { Button } from "@/ui/Button";
import { Empty } from "@/ui/Empty";
import { ErrorState } from "@/ui/ErrorState";
import { Head } from "@/ui/Panel";
import { SkeletonRows } from "@/ui/Skeleton";
import { AuditFilters } from "./AuditFilters";
import { AuditLines } from "./AuditLines";
import { actorText } from "./auditText";
import { type AuditSearch, auditFilters, isNarrowed } from "./search";

/** Pages without a line in them are passed over, so many at a time: then one asks whether to go on. */
const PASSED_OVER = 5;

/** Who did what to what, newest first: one's own trail, or for administrators all there is. */
export function AuditScreen({
  title,
  note,
  everyone,
  search,
  onSearch,
}: {
  title: string;
  note?: ReactNode;
  everyone: boolean;
  search: AuditSearch;
  onSearch: (search: AuditSearch) => void;
}) {
  usePageTitle(title);
  // Since when is counted from the moment that one looks, and does not move on under what was loaded.
  const [openedAt] = useState(() => Date.now());
  const trail = useInfiniteQuery(auditTrail(everyone, auditFilters(search, openedAt)));
  const lines = trail.data?.pages.flatMap((page) => page.items);
  const pages = trail.data?.pages.length ?? 0;
  const { hasNextPage, isFetching, fetchNextPage } = trail;
  const passOver = lines?.length === 0 && hasNextPage && pages < PASSED_OVER;
  useEffect(() => {
    if (passOver && !isFetching) void fetchNextPage();
  }, [passOver, isFetching, fetchNextPage]);
  const by = lines?.find(({ actor }) => actor.id === search.actor);
  const onActor = (actor: string) => onSearch({ ...search, actor });
  return (
    <>
      <Head title={title}>
        {note && <span className="truncate text-12 text-fg-3 max-md:hidden">{note}</span>}
      </Head>
      <AuditFilters search={search} actorName={by ? actorText(by) : null} onChange={onSearch} />
      {!lines && trail.isError ? (
        <ErrorState
          title="The audit trail could not be read"
          error={trail.error}
          onRetry={() => void trail.refetch()}
          retrying={isFetching}
        />
      ) : !lines || passOver ? (
        <SkeletonRows rows={10} />
      ) : (
        <div className="flex flex-1 flex-col overflow-auto">
          {lines.length > 0 ? (
            <AuditLines lines={lines} onActor={onActor} />
          ) : (
            <Nothing search={search} more={hasNextPage} onClear={() => onSearch({})} />
          )}
          <More
            shown={lines.length}
            has={hasNextPage}
            busy={trail.isFetchingNextPage}
            error={trail.isFetchNextPageError ? trail.error.message : null}
            onMore={() => void fetchNextPage()}
          />
        </div>
      )}
    </>
  );
}

function Nothing({ search, more, onClear }: { search: AuditSearch; more: boolean; onClear: () => void }) {
  if (!isNarrowed(search)) return <Empty title="Nothing yet">What is done from now on stands here.</Empty>;
  return (
    <Empty
      title={more ? "Nothing among the newest" : "Nothing matches"}
      actions={<Button onClick={onClear}>Clear filters</Button>}
    >
      {more ? "Further back there may be some." : "Without the filters there is more."}
    </Empty>
  );
}

function More({
  shown,
  has,
  busy,
  error,
  onMore,
}: {
  shown: number;
  has: boolean;
  busy: boolean;
  error: string | null;
  onMore: () => void;
}) {
  if (!has && shown === 0) return null;
  return (
    <footer className="flex items-center gap-3 px-4 py-3 text-12 text-fg-3">
      {has ? (
        <Button size="sm" busy={busy} onClick={onMore}>
          {shown === 0 ? "Look further back" : "Show more"}
        </Button>
      ) : (
        <span>That is all that is kept.</span>
      )}
      {error && (
        <span role="alert" className="text-failed">
          {error}
        </span>
      )}
    </footer>
  );
}

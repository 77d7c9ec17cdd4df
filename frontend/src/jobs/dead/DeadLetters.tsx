import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { RotateCw, Trash2 } from "lucide-react";
import { useEffect, useState } from "react";
import { jobCounts, jobErrors } from "@/api/jobs";
import type { ErrorGroup, JobCounts, JobFilters } from "@/api/types";
import { LiveDot } from "@/shell/LiveDot";
import { SearchBox } from "@/shell/SearchBox";
import { usePageTitle } from "@/shell/usePageTitle";
import { Button, ButtonLink } from "@/ui/Button";
import { Empty } from "@/ui/Empty";
import { ErrorState } from "@/ui/ErrorState";
import { Body, Head } from "@/ui/Panel";
import { Seg } from "@/ui/Seg";
import { SkeletonRows } from "@/ui/Skeleton";
import { count } from "@/ui/time";
import { visible } from "@/ui/visible";
import { type Ask, ConfirmBulk } from "../bulk/ConfirmBulk";
import { resumeOperations } from "../bulk/operations";
import { useBulkJobs } from "../bulk/useBulkJobs";
import { type DeadSearch, deadSearch, keyOf, type Sort, sorted } from "./deadSearch";
import { GroupCard } from "./GroupCard";

/** Jobs that failed for good, by what went wrong: one remedy for all that need the same one. */
export function DeadLetters({ search }: { search: DeadSearch }) {
  usePageTitle("Dead letters");
  const filters: JobFilters = search.q ? { q: search.q } : {};
  const list = useQuery(jobErrors(filters));
  const counts = useQuery(jobCounts()).data;
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const bulk = useBulkJobs();
  const [ask, setAsk] = useState<Ask | null>(null);
  useEffect(() => void resumeOperations(queryClient), [queryClient]);
  const go = (part: Partial<Record<keyof DeadSearch, string | undefined>>) =>
    void navigate({ to: "/dead-letters", search: deadSearch({ ...search, ...part }), replace: true });
  const groups = useSteady(list.data?.items, search.sort ?? "most", search.q ?? "");
  const failed = groups?.reduce((sum, group) => sum + group.count, 0) ?? 0;
  const all: JobFilters = { ...filters, state: ["failed"] };

  return (
    <>
      <Head
        title="Dead letters"
        end={
          groups &&
          groups.length > 0 && (
            <>
              <Button
                look="ghost"
                className="max-md:hidden"
                icon={<Trash2 aria-hidden="true" />}
                onClick={() => setAsk({ verb: "discard", filter: all })}
              >
                Discard all
              </Button>
              <Button
                icon={<RotateCw aria-hidden="true" />}
                onClick={() => setAsk({ verb: "retry", filter: all })}
              >
                Retry all
              </Button>
            </>
          )
        }
      >
        <span className="truncate text-fg-3 max-md:hidden">
          {groups && groups.length > 0 && summary(groups, failed, counts)}
        </span>
        <LiveDot />
      </Head>
      <search className="flex flex-none items-center gap-2 border-b px-3 py-2 md:pl-5">
        <SearchBox
          label="Search failed jobs"
          placeholder="Error, kind, tag, id"
          className="min-w-0 max-md:flex-1! md:w-[280px]!"
          text={search.q ?? ""}
          onSearch={(q) => go({ q })}
        />
        <span className="flex-1 max-md:hidden" />
        <Seg<Sort>
          label="Sort by"
          value={search.sort ?? "most"}
          onChange={(sort) => go({ sort })}
          options={[
            { value: "most", label: "Most jobs" },
            { value: "latest", label: "Latest" },
          ]}
        />
      </search>
      {list.isError && !list.data ? (
        <ErrorState
          title="The failed jobs could not be read"
          error={list.error}
          onRetry={() => void list.refetch()}
          retrying={list.isFetching}
        />
      ) : !groups ? (
        <SkeletonRows rows={8} rowClass="min-h-14" />
      ) : groups.length === 0 ? (
        <Nothing q={search.q} onClear={() => go({ q: undefined })} />
      ) : (
        <Body className="gap-2.5!">
          <p className="text-fg-2">
            Jobs that failed for good. Those of one kind with the same error are one group; ids and numbers in
            its message are ignored.
          </p>
          {groups.map((group, index) => (
            <GroupCard
              key={keyOf(group)}
              group={group}
              filters={filters}
              first={index === 0}
              startsOpen={search.group ? group.fingerprint === search.group : index === 0}
              onAsk={setAsk}
            />
          ))}
        </Body>
      )}
      <ConfirmBulk
        ask={ask}
        busy={bulk.busy !== null}
        onConfirm={({ verb, filter }, expected) => {
          if (!filter) return;
          void bulk.run(verb, { filter, expected }).then((taken) => taken && setAsk(null));
        }}
        onClose={() => setAsk(null)}
      />
    </>
  );
}

/** '51 failed jobs, 4 errors'; the server groups the newest 2,000. */
function summary(groups: readonly ErrorGroup[], grouped: number, counts: JobCounts | undefined): string {
  const errors = groups.length === 1 ? "1 error" : `${count(groups.length)} errors`;
  const more = counts && counts.failed > grouped && grouped >= 2_000 ? `, of ${count(counts.failed)}` : "";
  return `${grouped === 1 ? "1 failed job" : `${count(grouped)} failed jobs`}${more}, ${errors}`;
}

/**
 * No group moves while one looks at it: those that are there stay in their order, what comes in stands below them. A
 * group that is gone is gone. Another sort, or another text, begins anew.
 */
function useSteady(
  items: readonly ErrorGroup[] | undefined,
  sort: Sort,
  text: string,
): readonly ErrorGroup[] | undefined {
  const asked = `${sort} ${text}`;
  const [known, setKnown] = useState<{ asked: string; keys: readonly string[] }>({ asked, keys: [] });
  if (!items) return undefined;
  const byKey = new Map(sorted(items, sort).map((group) => [keyOf(group), group]));
  const before = known.asked === asked ? known.keys.filter((key) => byKey.has(key)) : [];
  const keys = [...before, ...[...byKey.keys()].filter((key) => !before.includes(key))];
  if (known.asked !== asked || keys.join("\n") !== known.keys.join("\n")) setKnown({ asked, keys });
  return keys.flatMap((key) => byKey.get(key) ?? []);
}

function Nothing({ q, onClear }: { q: string | undefined; onClear: () => void }) {
  if (q) {
    return (
      <Empty title={`No failed jobs with “${visible(q)}”`} actions={<Button onClick={onClear}>Clear</Button>}>
        The search looks at ids, kinds, tags and the messages of errors.
      </Empty>
    );
  }
  return (
    <Empty art="empty" title="No dead letters" actions={<ButtonLink to="/jobs">Go to the jobs</ButtonLink>}>
      A job that has used all its attempts stands here, beside those that failed the same way.
    </Empty>
  );
}

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { jobCounts } from "@/api/jobs";
import type { JobCounts, JobFilters, JobState } from "@/api/types";
import { cx } from "@/ui/cx";
import { count } from "@/ui/time";
import { StateIcon } from "../StateBadge";
import { STATE_META, STATES } from "../stateMeta";
import { type JobsSearch, withValues } from "./filters";

/** How many jobs are in each state under the other filters; undefined until it is known. */
export function useTabCounts({ state: _state, ...others }: JobFilters): JobCounts | undefined {
  return useQuery(jobCounts(others)).data;
}

export function sumOf(counts: JobCounts, states: readonly JobState[] | undefined): number {
  return (states ?? STATES).reduce((sum, state) => sum + counts[state], 0);
}

/** Filtered counts stop at some number: then they are 'at least'. */
export function countText(value: number, counts: JobCounts): string {
  return counts.capped ? `${count(value)}+` : count(value);
}

export function StateTabs({ search, filters }: { search: JobsSearch; filters: JobFilters }) {
  const { state, ...others } = search;
  const only = state?.length === 1 ? state[0] : undefined;
  return (
    <nav
      aria-label="State"
      className="flex flex-none gap-0.5 overflow-x-auto border-b px-2 pt-2 [scrollbar-width:none] md:pr-3 md:pl-4"
    >
      <Tab search={others} current={state === undefined}>
        All
        <Amount filters={filters} states={undefined} />
      </Tab>
      {STATES.map((each) => (
        <Tab key={each} search={withValues(others, "state", [each])} current={only === each}>
          <StateIcon state={each} fraction={0.3} />
          {STATE_META[each].word}
          <Amount filters={filters} states={[each]} />
        </Tab>
      ))}
    </nav>
  );
}

function Tab({
  search,
  current,
  children,
}: {
  search: JobsSearch;
  current: boolean;
  children: React.ReactNode;
}) {
  const tab = useRef<HTMLAnchorElement>(null);
  // Once, and not each time that a number moves: it has the whole page laid out at that instant. The first is in sight.
  useEffect(() => {
    if (!current || !tab.current?.previousElementSibling) return;
    tab.current.scrollIntoView?.({ block: "nearest", inline: "nearest" });
  }, [current]);
  return (
    <Link
      to="/jobs"
      search={search}
      // The router would call every tab current: they differ only in the search part.
      activeProps={{ "aria-current": undefined }}
      activeOptions={{ includeSearch: true, exact: true }}
      aria-current={current ? "page" : undefined}
      ref={tab}
      className={cx(
        "-mb-px flex h-11 items-center gap-1.5 border-b-2 px-2.5 whitespace-nowrap -outline-offset-2! md:h-[34px]",
        current
          ? "border-fg! font-semi text-fg [&>.n]:text-fg-2"
          : "border-transparent! font-book text-fg-2 hover:text-fg",
      )}
    >
      {children}
    </Link>
  );
}

/** By itself: these numbers move several times a second while much happens, and the tabs do not. */
function Amount({ filters, states }: { filters: JobFilters; states: readonly JobState[] | undefined }) {
  const counts = useTabCounts(filters);
  return counts && <span className="n text-12 text-fg-3">{countText(sumOf(counts, states), counts)}</span>;
}

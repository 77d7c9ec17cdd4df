import { useState } from "react";
import type { BulkVerb } from "@/api/bulk";
import type { JobCounts, JobFilters, JobSummary } from "@/api/types";
import { count } from "@/ui/time";
import type { Ask } from "../bulk/ConfirmBulk";
import { useBulkJobs } from "../bulk/useBulkJobs";
import { CAN, STATES_FOR } from "../jobActions";
import { idTail } from "../jobText";
import { copyAndTell } from "../notices";
import type { Picked } from "./BulkBar";
import { sumOf } from "./StateTabs";

interface Props {
  picked: readonly JobSummary[];
  /** All that match are meant, also those that are not loaded. */
  everything: boolean;
  filters: JobFilters;
  counts: JobCounts | undefined;
  /** The latest `created_at` on screen; undefined where what came in since is meant too. */
  newest: string | undefined;
  /** All that match were acted on. */
  onDone: () => void;
}

/** What can be done with rows: at once where they were picked one by one, else after it was said how many they are. */
export function useTableActions({ picked, everything, filters, counts, newest, onDone }: Props) {
  const bulk = useBulkJobs();
  const [ask, setAsk] = useState<Ask | null>(null);
  const [targets, setTargets] = useState<readonly JobSummary[]>([]);

  const start = (verb: BulkVerb, jobs: readonly JobSummary[]) => {
    if (everything) {
      const filter = upTo(newest, forVerb(verb, filters));
      if (filter.state?.length) setAsk({ verb, filter });
      return;
    }
    const able = jobs.filter(CAN[verb]);
    if (able.length === 0) return;
    if (verb !== "discard") void bulk.run(verb, { jobs: able });
    else {
      setTargets(able);
      setAsk({ verb, number: able.length });
    }
  };
  const confirm = async ({ verb, filter }: Ask, expected: number | null) => {
    const taken = await bulk.run(verb, filter ? { filter, expected } : { jobs: targets });
    if (!taken) return;
    setAsk(null);
    if (filter) onDone();
  };
  return {
    start,
    copy: (jobs: readonly JobSummary[]) => {
      const [only] = jobs;
      if (!only) return;
      const what = jobs.length === 1 ? `id ${idTail(only.id)}` : `${count(jobs.length)} ids`;
      void copyAndTell(jobs.map((job) => job.id).join("\n"), what);
    },
    amounts: everything && counts ? amountsOf(filters, counts) : amountsOfRows(picked),
    ask,
    confirm,
    close: () => setAsk(null),
    busy: bulk.busy,
  };
}

function amountsOfRows(picked: readonly JobSummary[]): Picked {
  const able = (verb: BulkVerb) => picked.filter(CAN[verb]).length;
  return {
    number: picked.length,
    can: { retry: able("retry"), cancel: able("cancel"), discard: able("discard") },
    more: false,
  };
}

function amountsOf(filters: JobFilters, counts: JobCounts): Picked {
  const able = (verb: BulkVerb) => sumOf(counts, forVerb(verb, filters).state ?? []);
  return {
    number: sumOf(counts, filters.state ?? undefined),
    can: { retry: able("retry"), cancel: able("cancel"), discard: able("discard") },
    more: counts.capped,
  };
}

/** Of the states that are asked for, those whose jobs it can be done to. None: it can be done to no job. */
function forVerb(verb: BulkVerb, filters: JobFilters): JobFilters {
  const state = STATES_FOR[verb].filter((one) => !filters.state?.length || filters.state.includes(one));
  return { ...filters, state };
}

/** Without what came in since: only what one has seen, or would by scrolling, is acted on. */
function upTo(newest: string | undefined, filters: JobFilters): JobFilters {
  if (newest === undefined) return filters;
  // The server's times are finer than ours: the next millisecond is after it.
  const before = new Date(Date.parse(newest) + 1).toISOString();
  const given = filters.created_before;
  return { ...filters, created_before: given && Date.parse(given) < Date.parse(before) ? given : before };
}

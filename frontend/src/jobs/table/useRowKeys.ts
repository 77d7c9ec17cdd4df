import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { JobSummary } from "@/api/types";
import { useKeys } from "@/shell/useKeys";
import { type JobsSearch, withValues } from "./filters";
import type { Selection } from "./selection";
import type { useTableActions } from "./useTableActions";

interface Props {
  rows: readonly JobSummary[];
  picked: readonly JobSummary[];
  search: JobsSearch;
  actions: Pick<ReturnType<typeof useTableActions>, "start" | "copy">;
  pick: (id: string, range: boolean) => void;
  setSelection: (selection: Selection) => void;
  nothing: Selection;
  showRow: (index: number) => void;
  showWaiting: () => void;
}

/** The table by keyboard. Returns the row that `j` and `k` are on. */
export function useRowKeys(props: Props): string | null {
  const { rows, picked, search, actions, pick, setSelection, nothing, showRow, showWaiting } = props;
  const [currentId, setCurrentId] = useState<string | null>(null);
  const navigate = useNavigate();
  const index = rows.findIndex((job) => job.id === currentId);
  const current = rows[index];
  const targets = picked.length > 0 ? picked : current ? [current] : [];

  const move = (by: number) => {
    const next = index < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, index + by));
    const job = rows[next];
    if (!job) return;
    setCurrentId(job.id);
    showRow(next);
    // A link or a checkbox that has the focus would keep Enter for itself.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  };
  const toggleFailed = () => {
    const failedOnly = search.state?.length === 1 && search.state[0] === "failed";
    void navigate({ to: "/jobs", search: withValues(search, "state", failedOnly ? [] : ["failed"]) });
  };

  useKeys({
    j: () => move(1),
    k: () => move(-1),
    x: () => current && pick(current.id, false),
    r: () => actions.start("retry", targets),
    c: () => actions.start("cancel", targets),
    y: () => actions.copy(targets),
    f: toggleFailed,
    ".": showWaiting,
    // Quoted: the linter takes a capital letter for a component.
    // biome-ignore-start lint/complexity/useLiteralKeys: as above
    ["X"]: () => current && pick(current.id, true),
    ["Escape"]: () => setSelection(nothing),
    ["Enter"]: () => current && void navigate({ to: "/jobs/$id", params: { id: current.id } }),
    // biome-ignore-end lint/complexity/useLiteralKeys: as above
  });
  return currentId;
}

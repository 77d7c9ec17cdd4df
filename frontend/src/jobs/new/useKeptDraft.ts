import { type RefObject, useEffect, useEffectEvent, useState } from "react";
import type { Kind } from "@/api/types";
import { useUser } from "@/api/useUser";
import { type Draft, EMPTY_DRAFT } from "./draft";
import { readDraft, writeDraft } from "./draftStore";
import { type Kept, keptText, restored, type Typed } from "./keptDraft";
import { startPayload } from "./useNewJob";

interface Begun {
  /** The job that it is a copy of. */
  from: string | undefined;
  /** The kind that was asked for. */
  wanted: string | undefined;
  kinds: readonly Kind[];
}

/** What this form was filled with when it was left; null when there is nothing, or it was about something else. */
export function useKeptDraft({ from, wanted, kinds }: Begun): Kept | null {
  const userId = useUser()?.id ?? "";
  const [kept] = useState(() => {
    // A copy's kind is its own: it is not asked for.
    const found = restored(readDraft(userId), from, from === undefined ? wanted : undefined);
    return found && kinds.some(({ kind }) => kind === found.kind) ? found : null;
  });
  return kept;
}

interface Filled {
  from: string | undefined;
  kind: Kind | undefined;
  draft: Draft;
  typed: Typed;
  /** What the form began with: null is an empty one. */
  begun: Draft | null;
  kept: Kept | null;
  isSent: RefObject<boolean>;
}

/** Keeps what is filled in, when the form is left, the tab is hidden or reloaded; until it is sent. */
export function useKeepDraft({ from, kind, draft, typed, begun, kept, isSent }: Filled): void {
  const userId = useUser()?.id ?? "";
  const save = useEffectEvent(() => {
    if (userId === "") return;
    // Begun anew without a kind, there is nothing to keep either.
    if (isSent.current || (!kind && kept)) writeDraft(userId, null);
    if (!kind || isSent.current) return;
    const untouched = begun ?? { ...EMPTY_DRAFT, payload: startPayload(kind) };
    const text = keptText({ from: from ?? null, kind: kind.kind, draft, typed }, kind, untouched);
    // A look at another form takes nothing away from the one that was half filled.
    if (text !== null || kept) writeDraft(userId, text);
  });
  useEffect(() => {
    const onHide = () => document.visibilityState === "hidden" && save();
    const onLeave = () => save();
    document.addEventListener("visibilitychange", onHide);
    window.addEventListener("pagehide", onLeave);
    return () => {
      document.removeEventListener("visibilitychange", onHide);
      window.removeEventListener("pagehide", onLeave);
      save();
    };
  }, []);
}

export function useForgetDraft(): () => void {
  const userId = useUser()?.id ?? "";
  return () => writeDraft(userId, null);
}

import { Ban, Copy, RotateCw, X } from "lucide-react";
import type { JobSummary } from "@/api/types";
import { Button } from "@/ui/Button";
import { Kbd } from "@/ui/Kbd";
import { count } from "@/ui/time";
import { canCancel, canRetry } from "../jobActions";

export interface BulkActions {
  retry: () => void;
  cancel: () => void;
  copy: () => void;
  clear: () => void;
  busy: "retry" | "cancel" | null;
}

const DARK =
  "border-transparent! bg-transparent! text-white! shadow-none! hover:bg-white/12! disabled:text-white/45! max-md:h-10 max-md:flex-1";
const KEY = "border-white/30! bg-transparent! text-[#d9dad2]!";

/** What can be done with the picked rows, each action with how many it can touch. Dark in both themes. */
export function BulkBar({ picked, actions }: { picked: readonly JobSummary[]; actions: BulkActions }) {
  const retriable = picked.filter(canRetry).length;
  const cancellable = picked.filter(canCancel).length;
  return (
    <div
      role="toolbar"
      aria-label={`${count(picked.length)} jobs selected`}
      className="absolute bottom-2 left-2 z-10 flex animate-appear items-center gap-1 rounded-float border border-[#191a16] bg-[#191a16] p-1.5 text-white shadow-3 max-md:right-2 md:bottom-11 md:left-4 dark:border-line-2 dark:bg-[#282a24]"
    >
      <span role="status" className="px-2 font-semi whitespace-nowrap">
        {count(picked.length)} selected
      </span>
      <span className="mx-1 h-5 w-px bg-white/20 max-md:hidden" />
      <Button
        look={retriable > 0 ? "go" : "plain"}
        className={retriable > 0 ? "max-md:h-10 max-md:flex-1" : DARK}
        icon={<RotateCw aria-hidden="true" />}
        disabled={retriable === 0}
        busy={actions.busy === "retry"}
        onClick={actions.retry}
      >
        Retry {count(retriable)}
        <Kbd className={retriable > 0 ? "border-[rgb(26_29_5/.35)]! bg-transparent! text-hv-ink!" : KEY}>
          r
        </Kbd>
      </Button>
      <Button
        className={DARK}
        icon={<Ban aria-hidden="true" />}
        disabled={cancellable === 0}
        busy={actions.busy === "cancel"}
        onClick={actions.cancel}
      >
        Cancel {count(cancellable)}
        <Kbd className={KEY}>c</Kbd>
      </Button>
      <Button className={`${DARK} max-md:hidden`} icon={<Copy aria-hidden="true" />} onClick={actions.copy}>
        Copy ids
        <Kbd className={KEY}>y</Kbd>
      </Button>
      <button
        type="button"
        aria-label="Clear the selection"
        title="Clear the selection (Esc)"
        onClick={actions.clear}
        className="grid size-10 place-items-center rounded-control outline-white! hover:bg-white/12 md:size-7"
      >
        <X className="size-4" aria-hidden="true" />
      </button>
    </div>
  );
}

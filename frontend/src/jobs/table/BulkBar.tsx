import { Ban, Copy, RotateCw, Trash2, X } from "lucide-react";
import type { BulkVerb } from "@/api/bulk";
import { Button } from "@/ui/Button";
import { bottomBar } from "@/ui/bottomBars";
import { Kbd } from "@/ui/Kbd";
import { count } from "@/ui/time";

/** How many are picked, and how many of them each action can touch; `more` stands where the server counts no further. */
export interface Picked {
  number: number;
  can: Record<BulkVerb, number>;
  more: boolean;
}

export interface BulkActions {
  retry: () => void;
  cancel: () => void;
  discard: () => void;
  /** Only of rows that are here. */
  copy: (() => void) | undefined;
  clear: () => void;
  /** Takes all that match, also those that are not loaded; undefined when these are all. */
  everything: { number: string; pick: () => void } | undefined;
  busy: BulkVerb | null;
}

const DARK =
  "border-transparent! bg-transparent! text-white! shadow-none! hover:bg-white/12! disabled:text-white/45! max-md:h-10 max-md:flex-1";
const KEY = "border-white/30! bg-transparent! text-[#d9dad2]!";

/** What can be done with the picked rows, each action with how many it can touch. Dark in both themes. */
export function BulkBar({ picked, actions }: { picked: Picked; actions: BulkActions }) {
  const { can } = picked;
  const amount = (number: number) => `${count(number)}${picked.more ? "+" : ""}`;
  const { everything } = actions;
  return (
    <div
      ref={bottomBar}
      data-bulk
      role="toolbar"
      aria-label={`${amount(picked.number)} jobs selected`}
      className="absolute bottom-2 left-2 z-10 flex animate-appear items-center gap-1 rounded-float border border-[#191a16] bg-[#191a16] p-1.5 text-white shadow-3 max-md:right-2 max-md:mb-[env(safe-area-inset-bottom)] max-md:flex-wrap md:bottom-11 md:left-4 dark:border-line-2 dark:bg-[#282a24]"
    >
      <span role="status" className="px-2 font-semi whitespace-nowrap">
        {amount(picked.number)} selected
      </span>
      {everything && (
        <button
          type="button"
          onClick={everything.pick}
          className="rounded-tag px-1 py-0.5 whitespace-nowrap underline decoration-white/50 underline-offset-3 outline-white! hover:decoration-white max-md:flex-1"
        >
          Select all {everything.number}
        </button>
      )}
      <span className="mx-1 h-5 w-px bg-white/20 max-md:basis-full max-md:bg-transparent max-md:h-0" />
      <Button
        look={can.retry > 0 ? "go" : "plain"}
        className={can.retry > 0 ? "max-md:h-10 max-md:flex-1" : DARK}
        icon={<RotateCw aria-hidden="true" />}
        disabled={can.retry === 0}
        busy={actions.busy === "retry"}
        onClick={actions.retry}
      >
        Retry {amount(can.retry)}
        <Kbd className={can.retry > 0 ? "border-[rgb(26_29_5/.35)]! bg-transparent! text-hv-ink!" : KEY}>
          r
        </Kbd>
      </Button>
      <Button
        className={DARK}
        icon={<Ban aria-hidden="true" />}
        disabled={can.cancel === 0}
        busy={actions.busy === "cancel"}
        onClick={actions.cancel}
      >
        Cancel {amount(can.cancel)}
        <Kbd className={KEY}>c</Kbd>
      </Button>
      <Button
        className={DARK}
        icon={<Trash2 aria-hidden="true" />}
        disabled={can.discard === 0}
        busy={actions.busy === "discard"}
        onClick={actions.discard}
      >
        Discard {amount(can.discard)}
      </Button>
      {actions.copy && (
        <Button className={`${DARK} max-md:hidden`} icon={<Copy aria-hidden="true" />} onClick={actions.copy}>
          Copy ids
          <Kbd className={KEY}>y</Kbd>
        </Button>
      )}
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

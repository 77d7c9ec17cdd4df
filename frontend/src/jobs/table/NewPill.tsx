import { ArrowUp } from "lucide-react";
import { count } from "@/ui/time";

/** 'n new': straddles the head of the table. Rows come in when somebody asks, never by themselves. */
export function NewPill({ waiting, onShow }: { waiting: number; onShow: () => void }) {
  return (
    <>
      {/* Beside the button, not in it: what is in a button is only its name, and is not read out when it changes. */}
      <span role="status" className="sr-only">
        {count(waiting)} new
      </span>
      <button
        type="button"
        onClick={onShow}
        title="Show them (.)"
        className="absolute top-2 left-1/2 z-10 inline-flex h-8 -translate-x-1/2 animate-appear items-center gap-1.5 rounded-full bg-ink pr-3.5 pl-2.5 text-13 font-semi text-ink-fg shadow-2 md:top-[18px] md:left-[37%] md:h-7 md:pr-3 md:pl-2 md:text-12"
      >
        <ArrowUp className="size-3.5" aria-hidden="true" />
        {count(waiting)} new
      </button>
    </>
  );
}

import { useBlocker } from "@tanstack/react-router";
import { Check, Copy, KeyRound, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { MadeKey } from "@/api/account";
import { getSession } from "@/api/session";
import { Button } from "@/ui/Button";
import { CopyCode } from "@/ui/CopyCode";
import { IconButton } from "@/ui/IconButton";
import { AskFirst } from "./AskFirst";
import { trySample } from "./scopes";

/** A new key, this once: to be copied, and what to do with it. */
export function NewSecret({ made, onClose }: { made: MadeKey; onClose: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  const [said, setSaid] = useState<"copied" | "refused" | null>(null);
  useEffect(() => field.current?.focus(), []);
  // Leaving without it is a loss that can't be undone. Who is signed out leaves: the key is not for who comes next.
  const leaving = useBlocker({
    shouldBlockFn: () => said !== "copied" && getSession().status === "signed-in",
    enableBeforeUnload: said !== "copied",
    withResolver: true,
  });
  const copy = () => {
    field.current?.select();
    navigator.clipboard.writeText(made.key).then(
      () => setSaid("copied"),
      () => setSaid("refused"),
    );
  };
  return (
    <>
      <section
        aria-label={`The new key ${made.name}`}
        className="flex flex-col gap-2.5 rounded-card border border-hv-edge! bg-hv-tint px-4 py-3.5"
      >
        <div className="flex items-center gap-2">
          <KeyRound className="size-4 shrink-0" strokeWidth={1.75} aria-hidden="true" />
          <h3 className="min-w-0 flex-1 truncate text-14 font-semi">
            Copy “{made.name}” now. It is shown this once.
          </h3>
          <IconButton
            size="sm"
            label="I have copied it, hide it"
            icon={<X aria-hidden="true" />}
            onClick={onClose}
          />
        </div>
        <div className="flex flex-wrap gap-2">
          <input
            ref={field}
            readOnly
            aria-label="The key"
            value={made.key}
            onFocus={(event) => event.currentTarget.select()}
            onCopy={(event) => isWhole(event.currentTarget) && setSaid("copied")}
            className="h-11 min-w-0 flex-1 basis-64 rounded-control border border-control! bg-surface px-2.5 font-mono text-13 md:h-9"
          />
          <Button
            look="go"
            size="lg"
            icon={said === "copied" ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />}
            onClick={copy}
          >
            {said === "copied" ? "Copied" : "Copy"}
          </Button>
        </div>
        <p role="status" className="text-12 text-fg-2">
          {said === "refused"
            ? "The browser refused to copy: the key is selected, copy it by hand."
            : "We keep only a hash. Lose it and you make a new one."}
        </p>
      </section>
      <AskFirst
        open={leaving.status === "blocked"}
        onClose={() => leaving.reset?.()}
        title="Leave without the key?"
        stay="Stay here"
        action="Leave without it"
        onAct={() => leaving.proceed?.()}
      >
        “{made.name}” is not copied yet, and it is shown this once. Without it you make a new one.
      </AskFirst>
      <CopyCode
        label="Try it"
        code={trySample(location.origin, made.scopes, `${made.hint}…`)}
        copied={trySample(location.origin, made.scopes, made.key)}
      />
    </>
  );
}

function isWhole({ selectionStart, selectionEnd, value }: HTMLInputElement): boolean {
  return selectionStart === 0 && selectionEnd === value.length;
}

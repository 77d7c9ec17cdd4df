import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import type { Json } from "@/api/exactJson";
import { revealPayload } from "@/api/jobs";
import type { Job } from "@/api/types";
import { Button } from "@/ui/Button";
import { tellFailed } from "../notices";
import { hasHidden } from "../secrets";
import { useMe } from "../useMe";
import { JsonCard } from "./JsonCard";

/** The payload without its secrets; its owner can look at them, for as long as the page is open. */
export function PayloadCard({ job }: { job: Job }) {
  const payload = (job.payload ?? null) as Json;
  const [revealed, setRevealed] = useState<Json | undefined>();
  const [busy, setBusy] = useState(false);
  const mine = useMe() === job.owner_id;
  const reveal = async () => {
    setBusy(true);
    try {
      setRevealed(((await revealPayload(job.id)) ?? null) as Json);
    } catch (error) {
      tellFailed("The hidden fields could not be read", error);
    } finally {
      setBusy(false);
    }
  };
  const shown = revealed === undefined ? payload : revealed;
  return (
    <JsonCard
      title="Payload"
      value={shown}
      masked={revealed === undefined}
      action={
        mine &&
        hasHidden(payload) && (
          <Button
            size="sm"
            look="ghost"
            title={revealed === undefined ? "It is written down that you looked." : undefined}
            icon={revealed === undefined ? <Eye aria-hidden="true" /> : <EyeOff aria-hidden="true" />}
            busy={busy}
            onClick={() => (revealed === undefined ? void reveal() : setRevealed(undefined))}
          >
            {revealed === undefined ? "Reveal" : "Hide"}
          </Button>
        )
      }
    />
  );
}

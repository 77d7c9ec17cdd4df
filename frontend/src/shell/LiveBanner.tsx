import { WifiOff } from "lucide-react";
import { useLiveStatus } from "@/live/liveStatus";
import { retryLive } from "@/live/useLiveJobs";
import { Banner } from "@/ui/Banner";
import { Button } from "@/ui/Button";
import { useNow } from "@/ui/Time";
import { clockTime, NBSP } from "@/ui/time";

/** A polling page is nearly as good as a live one: it gets a word only after this long. */
const SILENT_MS = 8_000;

export function LiveBanner() {
  const live = useLiveStatus();
  return live.status === "polling" ? <Away since={live.since} nextTryAt={live.nextTryAt} /> : null;
}

function Away({ since, nextTryAt }: { since: number; nextTryAt: number }) {
  const now = useNow();
  if (now - since < SILENT_MS) return null;
  const wait = Math.ceil((nextTryAt - now) / 1000);
  return (
    <Banner
      tone="retrying"
      icon={<WifiOff aria-hidden="true" />}
      action={
        <Button size="sm" onClick={retryLive}>
          Try now
        </Button>
      }
    >
      <b className="font-strong">Live updates are away since {clockTime(since)}.</b>{" "}
      {/* The countdown is for the eye: read aloud every second it would drown everything else. */}
      <span className="text-fg-2" aria-hidden="true">
        {wait > 0 ? `Trying again in ${wait}${NBSP}s.` : "Trying again now."}
      </span>{" "}
      <span className="text-fg-2">Nothing is lost.</span>
    </Banner>
  );
}

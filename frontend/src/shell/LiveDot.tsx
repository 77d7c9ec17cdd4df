import { useLiveStatus } from "@/live/liveStatus";
import { POLL_EVERY_MS } from "@/live/poll";
import { cx } from "@/ui/cx";
import { clockTime, NBSP } from "@/ui/time";

/** How the page hears of changes: connected (filled), connecting (grey), polling (hollow amber). Beside a screen's title. */
export function LiveDot() {
  const live = useLiveStatus();
  const { text, title } = {
    connected: () => ({ text: "Live", title: "Changes on the server show here at once." }),
    connecting: () => ({ text: "Connecting", title: "Connecting for live updates." }),
    polling: () => ({
      text: `Polling every ${POLL_EVERY_MS / 1000}${NBSP}s`,
      title: live.status === "polling" ? `Live updates are away since ${clockTime(live.since)}.` : "",
    }),
  }[live.status]();
  return (
    <span
      role="status"
      title={title}
      data-live={live.status}
      className="inline-flex items-center gap-1.5 px-2 text-12 whitespace-nowrap text-fg-3"
    >
      <span
        aria-hidden="true"
        className={cx(
          "rounded-full",
          live.status === "connected" && "size-[7px] bg-completed shadow-[0_0_0_3px_var(--st-completed-bg)]",
          live.status === "connecting" && "size-[7px] bg-line-2",
          live.status === "polling" && "size-2 border-2 border-retrying!",
        )}
      />
      <span className="max-md:sr-only">{text}</span>
    </span>
  );
}

import { X } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { Toaster, toast } from "sonner";
import { cx } from "./cx";
import { HOLD_BY_FOCUS, useFade, useHoldByPointer } from "./fade";
import { IconButton } from "./IconButton";
import { useShownTheme } from "./theme";
import { PHONE, useMedia } from "./useMedia";
import "./toasts.css";

const TOAST_MS = 5_000;
/** Above whatever bar stands there: see bottomBars.ts. */
const BOTTOM = "max(20px, calc(var(--bottom-bars, 0px) + 8px))";

/** Where toasts stand: bottom right, on phones the whole width. Alt T jumps to them. */
export function Toasts() {
  const isPhone = useMedia(PHONE);
  return (
    <div className="contents" {...HOLD_BY_FOCUS}>
      <Toaster
        theme={useShownTheme()}
        position="bottom-right"
        expand
        gap={8}
        visibleToasts={isPhone ? 2 : 4}
        offset={{ right: 20, bottom: BOTTOM }}
        mobileOffset={{ left: 8, right: 8, bottom: BOTTOM }}
        containerAriaLabel="Messages"
        toastOptions={{ unstyled: true, classNames: { toast: "w-full font-sans! md:w-[356px]" } }}
      />
    </div>
  );
}

export interface ToastProps {
  tone: "completed" | "failed" | "cancelled" | "running" | "retrying";
  icon: ReactNode;
  title: ReactNode;
  text?: ReactNode;
  actions?: ReactNode;
}

let shows = 0;
/** Messages that were shown and not closed since. */
const open = new Set<string>();

/** Shows a message; one with the same `id` is replaced. `stays` until it is closed, else it fades in 5 s. */
export function showToast(id: string, { stays, ...props }: ToastProps & { stays: boolean }): void {
  shows += 1;
  const show = shows;
  open.add(id);
  toast.custom(() => <Toast {...props} id={id} show={show} stays={stays} />, {
    id,
    onDismiss: () => open.delete(id),
    // Ours to end: sonner stops its clock while it takes a pointer to rest on a message, which after a tap is for ever.
    duration: Number.POSITIVE_INFINITY,
  });
}

export function isToastOpen(id: string): boolean {
  return open.has(id);
}

export function closeToast(id: string): void {
  open.delete(id);
  toast.dismiss(id);
}

interface ShownProps extends ToastProps {
  id: string;
  /** Another number each time that it is shown: its time begins anew. */
  show: number;
  stays: boolean;
}

function Toast({ tone, icon, title, text, actions, id, show, stays }: ShownProps) {
  const hold = useHoldByPointer();
  // Closed before it was drawn, sonner had nothing to take away: in a burst such a message would stay beside the one for all.
  useEffect(() => {
    if (!open.has(id)) closeToast(id);
  }, [id]);
  return (
    <div
      {...hold}
      role={stays ? "alert" : "status"}
      data-tone={tone}
      className={cx(
        // On phones all in one line, so that little of the page is covered.
        "relative grid w-full grid-cols-[20px_minmax(0,1fr)_auto_auto] gap-x-2.5 overflow-hidden md:grid-cols-[20px_minmax(0,1fr)_auto] rounded-float border border-line-2 bg-surface p-3 pl-3.5 text-14 text-fg shadow-3 md:text-13 dark:bg-surface-3",
        "[&>svg]:mt-px [&>svg]:size-[18px] [&>svg]:text-tone",
      )}
    >
      {icon}
      <div className="min-w-0">
        <p className="font-semi">{title}</p>
        {text && (
          <p
            className={cx(
              "text-12 leading-[18px]! wrap-anywhere text-fg-2",
              typeof text === "string" && "max-md:line-clamp-2",
            )}
          >
            {text}
          </p>
        )}
      </div>
      {actions && (
        <div className="flex items-center gap-1.5 md:col-start-2 md:row-start-2 md:mt-2">{actions}</div>
      )}
      <IconButton
        size="sm"
        label="Close"
        icon={<X aria-hidden="true" />}
        onClick={() => closeToast(id)}
        className="col-start-4 -mt-1 -mr-1 md:col-start-3 md:row-start-1"
      />
      {!stays && <RunDown key={show} onEnd={() => closeToast(id)} />}
    </div>
  );
}

/** The line that shows how long the message stays; it stands still while the time does. */
function RunDown({ onEnd }: { onEnd: () => void }) {
  const paused = useFade(TOAST_MS, onEnd);
  return (
    <span
      className={cx(
        "absolute bottom-0 left-0 h-0.5 w-full animate-run-down bg-line-2",
        paused && "[animation-play-state:paused]",
      )}
    />
  );
}

import { X } from "lucide-react";
import { type ReactNode, useSyncExternalStore } from "react";
import { Toaster, toast } from "sonner";
import { cx } from "./cx";
import { IconButton } from "./IconButton";
import { useShownTheme } from "./theme";

export const TOAST_MS = 5_000;
const phone = matchMedia("(max-width: 767px)");

/** Where toasts stand: bottom right, on phones above the tab bar. Alt T jumps to them. */
export function Toasts() {
  const isPhone = useSyncExternalStore(
    (changed) => {
      phone.addEventListener("change", changed);
      return () => phone.removeEventListener("change", changed);
    },
    () => phone.matches,
  );
  return (
    <Toaster
      theme={useShownTheme()}
      position="bottom-right"
      expand
      gap={8}
      visibleToasts={isPhone ? 2 : 4}
      offset={{ right: 20, bottom: 20 }}
      mobileOffset={{ left: 8, right: 8, bottom: 72 }}
      containerAriaLabel="Messages"
      toastOptions={{ unstyled: true, classNames: { toast: "w-full font-sans! md:w-[356px]" } }}
    />
  );
}

export interface ToastProps {
  tone: "completed" | "failed" | "cancelled" | "running" | "retrying";
  icon: ReactNode;
  title: ReactNode;
  text?: ReactNode;
  actions?: ReactNode;
}

/** Shows a message; one with the same `id` is replaced. `stays` until it is closed, else it fades in 5 s. */
export function showToast(id: string, { stays, ...props }: ToastProps & { stays: boolean }): void {
  toast.custom(() => <Toast {...props} stays={stays} onClose={() => toast.dismiss(id)} />, {
    id,
    duration: stays ? Number.POSITIVE_INFINITY : TOAST_MS,
  });
}

export function closeToast(id: string): void {
  toast.dismiss(id);
}

function Toast({
  tone,
  icon,
  title,
  text,
  actions,
  stays,
  onClose,
}: ToastProps & { stays: boolean; onClose: () => void }) {
  return (
    <div
      role={stays ? "alert" : "status"}
      data-tone={tone}
      className={cx(
        "relative grid w-full grid-cols-[20px_minmax(0,1fr)_auto] gap-x-2.5 overflow-hidden rounded-float border border-line-2 bg-surface p-3 pl-3.5 text-14 text-fg shadow-3 md:text-13 dark:bg-surface-3",
        "[&>svg]:mt-px [&>svg]:size-[18px] [&>svg]:text-tone",
      )}
    >
      {icon}
      <div className="min-w-0">
        <p className="font-semi">{title}</p>
        {text && <p className="text-12 leading-[18px]! wrap-anywhere text-fg-2">{text}</p>}
        {actions && <div className="mt-2 flex gap-1.5">{actions}</div>}
      </div>
      <IconButton
        size="sm"
        label="Close"
        icon={<X aria-hidden="true" />}
        onClick={onClose}
        className="-mt-1 -mr-1"
      />
      {!stays && <span className="absolute bottom-0 left-0 h-0.5 w-full animate-run-down bg-line-2" />}
    </div>
  );
}

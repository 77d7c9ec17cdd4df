import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { useRef } from "react";
import { cx } from "./cx";
import type { DialogProps } from "./Dialog";
import { IconButton } from "./IconButton";

export default function LoadedDialog({
  open,
  onClose,
  title,
  description,
  children,
  actions,
  className,
}: DialogProps) {
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-30 bg-scrim transition-opacity duration-160 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup
          ref={popup}
          // The dialog itself, not its first button: one hears what opened, and no ring stands around 'Close'.
          initialFocus={popup}
          className={cx(
            "fixed top-[12dvh] left-1/2 z-31 flex max-h-[76dvh] w-[min(560px,calc(100vw-16px))] -translate-x-1/2 flex-col overflow-hidden rounded-panel border border-line-2 bg-surface text-14 shadow-3 outline-none transition-[opacity,translate] duration-160 ease-out data-ending-style:opacity-0 data-starting-style:translate-y-1 data-starting-style:opacity-0 md:text-13 dark:bg-surface-2",
            className,
          )}
        >
          <header className="flex min-h-12 flex-none items-center gap-2 border-b pr-2 pl-4">
            <Base.Title className="flex-1 text-14">{title}</Base.Title>
            <IconButton label="Close" icon={<X aria-hidden="true" />} onClick={onClose} />
          </header>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <div tabIndex={0} className="overflow-auto p-4 -outline-offset-2!">
            {description && <Base.Description className="text-fg-2">{description}</Base.Description>}
            {children}
          </div>
          {actions && <footer className="flex flex-none justify-end gap-2 border-t p-3">{actions}</footer>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

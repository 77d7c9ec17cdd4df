import { Popover as Base } from "@base-ui/react/popover";
import { cx } from "./cx";
import type { PopoverProps } from "./Popover";
import { POPUP } from "./popup";

/** The popover itself; it is loaded by a click, so it comes open. */
export default function LoadedPopover({
  label,
  trigger,
  children,
  side = "bottom",
  align = "start",
  className,
}: PopoverProps) {
  return (
    <Base.Root defaultOpen>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner side={side} align={align} sideOffset={6} className="z-40 outline-none">
          <Base.Popup
            aria-label={label}
            className={cx(POPUP, "max-h-(--available-height) overflow-auto", className)}
          >
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

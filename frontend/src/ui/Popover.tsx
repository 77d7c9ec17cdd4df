import { cloneElement, lazy, type ReactElement, type ReactNode, Suspense, useState } from "react";

export interface PopoverProps {
  /** Names what opens, for who can't see it. */
  label: string;
  /** A button; the popover gives it its click and its aria attributes. */
  trigger: ReactElement<Record<string, unknown>>;
  children: ReactNode;
  side?: "top" | "bottom" | "right";
  align?: "start" | "end";
  className?: string;
}

const load = () => import("./LoadedPopover");
const LoadedPopover = lazy(load);

/** Whatever floats at a button and holds more than a menu can. Loaded when first reached for, like Menu. */
export function Popover(props: PopoverProps) {
  const [wanted, setWanted] = useState(false);
  const alone = cloneElement(props.trigger, {
    "aria-haspopup": "dialog",
    "aria-expanded": false,
    onPointerEnter: load,
    onFocus: load,
    onClick: () => setWanted(true),
  });
  if (!wanted) return alone;
  return (
    <Suspense fallback={alone}>
      <LoadedPopover {...props} />
    </Suspense>
  );
}

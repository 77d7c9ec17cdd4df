import { type ReactElement, type ReactNode, useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { Kbd } from "./Kbd";

const DELAY_MS = 400;
const GAP = 6;
const EDGE = 8;

/**
 * Says more about its child on hover and keyboard focus. For the eye only: the child's own name must say the same, so
 * it is hidden from screen readers. Our own 60 lines, because a positioning library would be a fifth of the first load.
 */
export function Tooltip({
  text,
  shortcut,
  children,
}: {
  text: ReactNode;
  shortcut?: string;
  children: ReactElement;
}) {
  const [anchor, setAnchor] = useState<DOMRect | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const hide = () => {
    clearTimeout(timer.current);
    setAnchor(null);
  };
  const show = (target: Element) => setAnchor(target.firstElementChild?.getBoundingClientRect() ?? null);
  useEffect(() => () => clearTimeout(timer.current), []);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only watches what its child, a control, goes through
    <span
      className="contents"
      onPointerEnter={({ currentTarget, pointerType }) => {
        // A finger has no hover: the tooltip would only cover what was tapped.
        if (pointerType === "mouse") timer.current = setTimeout(() => show(currentTarget), DELAY_MS);
      }}
      onPointerLeave={hide}
      onPointerDown={hide}
      onKeyDown={(event) => event.key === "Escape" && hide()}
      onFocus={({ currentTarget, target }) => target.matches(":focus-visible") && show(currentTarget)}
      onBlur={hide}
    >
      {children}
      {anchor &&
        createPortal(
          <Bubble anchor={anchor}>
            {text}
            {shortcut && <Kbd className="border-ink-fg/30! bg-transparent! text-ink-fg!">{shortcut}</Kbd>}
          </Bubble>,
          document.body,
        )}
    </span>
  );
}

/** Below its anchor, or above where there is no room, and never over the edge of the window. */
function Bubble({ anchor, children }: { anchor: DOMRect; children: ReactNode }) {
  const place = (bubble: HTMLSpanElement | null) => {
    if (!bubble) return;
    const { offsetWidth: width, offsetHeight: height } = bubble;
    const below = anchor.bottom + GAP + height + EDGE <= innerHeight;
    const left = anchor.left + anchor.width / 2 - width / 2;
    bubble.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - width - EDGE))}px`;
    bubble.style.top = `${below ? anchor.bottom + GAP : anchor.top - GAP - height}px`;
  };
  return (
    <span
      ref={place}
      aria-hidden="true"
      className="pointer-events-none fixed z-60 flex animate-appear items-center gap-1.5 rounded-control bg-ink px-2 py-1 text-12 whitespace-nowrap text-ink-fg shadow-2"
    >
      {children}
    </span>
  );
}

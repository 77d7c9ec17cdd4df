import type { ReactNode } from "react";
import { cx } from "./cx";

/** A key cap. Phones have no keyboard: it is not shown there. */
export function Kbd({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <kbd
      className={cx(
        "hidden min-w-[18px] rounded-tag border border-line-2 bg-surface-2 px-1 text-center font-sans text-11 font-medium text-fg-3 md:inline-block",
        className,
      )}
    >
      {children}
    </kbd>
  );
}

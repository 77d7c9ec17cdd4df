import type { ReactNode } from "react";
import { cx } from "./cx";
import { visible } from "./visible";

/** A count in hi-vis: what is unread, or wants you. */
export function Badge({ children, label }: { children: ReactNode; label?: string }) {
  return (
    // A figure alone: the table's equally wide 1 has a foot, and looks like an i.
    <span className="inline-block [font-feature-settings:normal] h-[18px] min-w-[18px] rounded-full bg-hv px-1.25 text-center text-11 leading-[18px]! font-bold text-hv-ink">
      <span aria-hidden={label ? true : undefined}>{children}</span>
      {label && <span className="sr-only">{label}</span>}
    </span>
  );
}

/** A short word in a frame: a tag of a job, a role. Whatever its letters do, they do it inside. */
export function Tag({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <span
      className={cx(
        "inline-flex h-5 max-w-full items-center rounded-tag border bg-surface-2 px-1.5 text-12 whitespace-nowrap text-fg-2",
        className,
      )}
    >
      <bdi className="min-w-0 truncate">{typeof children === "string" ? visible(children) : children}</bdi>
    </span>
  );
}

/** The 24 px pill in the colours of the nearest tone. */
export function Pill({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <span
      className={cx(
        "inline-flex h-6 items-center gap-1.5 rounded-full bg-tone-bg pr-2.25 pl-1.75 text-12 font-semi whitespace-nowrap text-tone [&_svg]:size-4",
        className,
      )}
    >
      {children}
    </span>
  );
}

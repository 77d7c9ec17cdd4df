import { createLink } from "@tanstack/react-router";
import type { ComponentProps, ReactNode } from "react";
import { cx } from "./cx";
import { Ring } from "./Ring";

export type ButtonLook = "plain" | "go" | "ghost" | "danger";
export type ButtonSize = "sm" | "md" | "lg";

interface Look {
  /** `go` is filled hi-vis, the one next step: at most one in sight at a time. `danger` is the last step of what can't be undone. */
  look?: ButtonLook;
  size?: ButtonSize;
  icon?: ReactNode;
}

const LOOKS: Record<ButtonLook, string> = {
  plain:
    "border-line-2 bg-surface text-fg font-medium shadow-1 hover:bg-surface-3 dark:bg-surface-3 dark:hover:bg-surface-4",
  go: "border-hv-edge bg-hv text-hv-ink font-semi shadow-1 hover:bg-hv-hover",
  ghost: "border-transparent text-fg-2 font-medium hover:bg-surface-3 hover:text-fg",
  danger: "border-failed bg-failed text-surface font-semi shadow-1 hover:opacity-90",
};
const SIZES: Record<ButtonSize, string> = {
  sm: "h-8 px-2 text-12 md:h-6",
  md: "h-9 px-2.5 md:h-7",
  lg: "h-11 px-3.5 md:h-9",
};
const FRAME =
  "inline-flex items-center justify-center gap-1.5 rounded-control border whitespace-nowrap select-none transition-[background-color,border-color,opacity] duration-90 active:opacity-85 [&_svg]:size-4 [&_svg]:shrink-0";
const OFF =
  "disabled:cursor-not-allowed disabled:border-line disabled:bg-surface-2 disabled:text-fg-off disabled:shadow-none";

export function buttonClass({ look = "plain", size = "md" }: Look, extra?: string): string {
  return cx(FRAME, LOOKS[look], SIZES[size], OFF, extra);
}

export interface ButtonProps extends Omit<ComponentProps<"button">, "children">, Look {
  children: ReactNode;
  /** While its work runs: the icon becomes a ring, the width stays, and a second click does nothing. */
  busy?: boolean;
}

export function Button({ look, size, icon, busy, className, children, onClick, type, ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={type ?? "button"}
      aria-busy={busy || undefined}
      onClick={(event) => {
        // The second click of a double click comes before the page is drawn anew, and must not send all again.
        if (busy || (busy !== undefined && event.detail > 1)) event.preventDefault();
        else onClick?.(event);
      }}
      className={buttonClass(lookOf(look, size), cx("relative", className))}
    >
      {busy && icon ? <Ring className="size-4" /> : icon}
      <span className={cx("inline-flex items-center gap-1.5", busy && !icon && "opacity-0")}>{children}</span>
      {busy && !icon && <Ring className="absolute size-4" />}
    </button>
  );
}

const LinkBase = createLink(forwardToAnchor);

function forwardToAnchor({ look, size, icon, className, children, ...rest }: ComponentProps<"a"> & Look) {
  return (
    <a {...rest} className={buttonClass(lookOf(look, size), className)}>
      {icon}
      {children}
    </a>
  );
}

/** A link that looks like a button: it goes somewhere, so it opens in a new tab like any link. */
export const ButtonLink: typeof LinkBase = (props) => <LinkBase {...props} />;

function lookOf(look?: ButtonLook, size?: ButtonSize): Look {
  return { ...(look ? { look } : {}), ...(size ? { size } : {}) };
}

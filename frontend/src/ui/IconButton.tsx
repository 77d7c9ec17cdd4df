import type { ComponentProps, ReactNode } from "react";
import { type ButtonLook, buttonClass } from "./Button";
import { cx } from "./cx";
import { Tooltip } from "./Tooltip";

export interface IconButtonProps extends Omit<ComponentProps<"button">, "children" | "aria-label"> {
  /** Says what it does: read aloud, and shown on hover. */
  label: string;
  icon: ReactNode;
  look?: ButtonLook;
  size?: "sm" | "md";
  /** The key that does the same. */
  shortcut?: string;
}

export function IconButton({
  label,
  icon,
  look = "ghost",
  size = "md",
  shortcut,
  className,
  type,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip text={label} {...(shortcut ? { shortcut } : {})}>
      <button
        {...rest}
        type={type ?? "button"}
        aria-label={label}
        className={buttonClass(
          { look, size },
          cx(size === "sm" ? "w-8 md:w-6" : "w-9 md:w-7", "px-0!", className),
        )}
      >
        {icon}
      </button>
    </Tooltip>
  );
}

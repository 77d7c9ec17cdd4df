import { cloneElement, lazy, type ReactElement, type ReactNode, Suspense, useState } from "react";

export interface MenuAction {
  label: ReactNode;
  icon?: ReactNode;
  shortcut?: string;
  onSelect: () => void;
  disabled?: boolean;
}

/** One of several, with a tick at the one that holds. */
export interface MenuChoice {
  choice: string;
  value: string;
  options: readonly { value: string; label: string; icon?: ReactNode }[];
  onChange: (value: string) => void;
}

/** Several that can each be on or off; the menu stays open. */
export interface MenuTick {
  label: ReactNode;
  icon?: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

export type MenuEntry = MenuAction | MenuChoice | MenuTick | { note: ReactNode } | "line";

export interface MenuProps {
  /** A button; the menu gives it its click and its aria attributes. */
  trigger: ReactElement<Record<string, unknown>>;
  entries: readonly MenuEntry[];
  side?: "top" | "bottom" | "right";
  align?: "start" | "end";
}

const load = () => import("./LoadedMenu");
const LoadedMenu = lazy(load);

/**
 * Actions behind a button. Arrow keys, typing ahead and Escape work; focus returns to the button. The machinery is a
 * fifth of the first load, so it comes when a menu is first reached for; until then the button stands alone.
 */
export function Menu(props: MenuProps) {
  const [wanted, setWanted] = useState(false);
  const alone = cloneElement(props.trigger, {
    "aria-haspopup": "menu",
    "aria-expanded": false,
    onPointerEnter: load,
    onFocus: load,
    onClick: () => setWanted(true),
  });
  if (!wanted) return alone;
  return (
    <Suspense fallback={alone}>
      <LoadedMenu {...props} />
    </Suspense>
  );
}

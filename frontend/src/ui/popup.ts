/** The look and the coming and going of what floats: menus, popovers. */
export const POPUP =
  "rounded-panel border border-line-2 bg-surface text-14 shadow-3 outline-none transition-[opacity,translate] duration-160 ease-out data-ending-style:opacity-0 data-starting-style:translate-y-1 data-starting-style:opacity-0 md:text-13 dark:bg-surface-2";

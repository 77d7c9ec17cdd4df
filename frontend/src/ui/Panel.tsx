import type { ReactNode } from "react";
import { cx } from "./cx";

/** The one panel of a screen, inset on the yard; `main` of the page. The whole width on phones. */
export function Panel({ children }: { children: ReactNode }) {
  return (
    <main
      id="main"
      tabIndex={-1}
      className="relative flex [&>header]:-order-2 min-h-0 min-w-0 flex-1 flex-col overflow-hidden bg-surface outline-none md:my-2 md:mr-2 md:rounded-panel md:border md:shadow-1"
    >
      {children}
    </main>
  );
}

/** The head of a panel: the screen's name, then what belongs right after it, then actions at the end. */
export function Head({ title, children, end }: { title: ReactNode; children?: ReactNode; end?: ReactNode }) {
  return (
    <header className="flex min-h-14 flex-none items-center gap-2 border-b pr-2 pl-4 md:min-h-[var(--head-h)] md:pr-3 md:pl-5">
      <h1 className="truncate text-[17px] leading-6 tracking-[-.01em] md:text-14">{title}</h1>
      {children}
      <span className="flex-1" />
      {end}
    </header>
  );
}

/** What scrolls below a head. */
export function Body({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <div className={cx("flex flex-1 flex-col gap-4 overflow-auto p-4 md:px-5 [&>*]:flex-none", className)}>
      {children}
    </div>
  );
}

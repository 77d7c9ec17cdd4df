import { type ReactNode, useId } from "react";
import { cx } from "./cx";

/** A framed group with its own heading. */
export function Card({
  title,
  note,
  end,
  children,
  className,
}: {
  title: ReactNode;
  note?: ReactNode;
  end?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      className={cx("min-w-0 overflow-hidden rounded-card border bg-surface", className)}
    >
      <header className="flex min-h-10 items-center gap-2 border-b pr-2 pl-3.5">
        <h2 id={id} className="text-13 font-semi whitespace-nowrap">
          {title}
        </h2>
        {note}
        <span className="flex-1" />
        {end}
      </header>
      {children}
    </section>
  );
}

import type { ReactNode } from "react";
import { cx } from "./cx";

/** Nothing to show: why, and what to do next. The picture is a yard: empty, with your wagon, or with a cut track. */
export function Empty({
  art = "empty",
  title,
  heading: Heading = "h2",
  children,
  actions,
  foot,
  className,
}: {
  art?: "empty" | "yours" | "cut";
  title: string;
  /** `h1` where this is all that the page has. */
  heading?: "h1" | "h2";
  children?: ReactNode;
  actions?: ReactNode;
  foot?: ReactNode;
  className?: string;
}) {
  return (
    <div className={cx("m-auto flex max-w-[440px] flex-col items-center gap-1.5 p-6 text-center", className)}>
      <Art kind={art} />
      <Heading className="text-16 tracking-[-.01em]">{title}</Heading>
      {children && <p className="text-balance text-fg-2">{children}</p>}
      {actions && <div className="mt-3 flex flex-wrap justify-center gap-2">{actions}</div>}
      {foot && <p className="mt-2 text-12 text-fg-3">{foot}</p>}
    </div>
  );
}

const TRACKS = {
  empty: "M2 28H118M30 28C52 28 48 10 70 10H104M30 28C52 28 48 46 70 46H104",
  yours: "M2 28H118M30 28C52 28 48 10 70 10H104M30 28C52 28 48 46 70 46H104",
  cut: "M2 28H22M40 28H118M46 22C52 14 56 10 70 10H104M46 34C52 42 56 46 70 46H104",
} as const;

function Art({ kind }: { kind: keyof typeof TRACKS }) {
  return (
    <svg
      viewBox="0 0 120 56"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth={2.5}
      strokeLinecap="round"
      className="mb-2.5 h-14 w-30 text-line-2"
    >
      <path d={TRACKS[kind]} />
      <path d="M104 5v10M118 23v10M104 41v10" />
      {kind === "yours" && (
        <rect
          x="6"
          y="19"
          width="26"
          height="18"
          rx="5"
          fill="var(--hv)"
          stroke="var(--hv-edge)"
          strokeWidth={1.5}
        />
      )}
      {kind === "cut" && <path d="M27 22l8 12M35 22l-8 12" stroke="var(--st-failed)" />}
    </svg>
  );
}

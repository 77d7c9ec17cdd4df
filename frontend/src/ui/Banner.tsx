import type { ReactNode } from "react";

/** A line across the panel about something that is not right and is being seen to. */
export function Banner({
  tone,
  icon,
  children,
  action,
}: {
  tone: "retrying" | "failed" | "running";
  icon: ReactNode;
  children: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div
      role="status"
      data-tone={tone}
      className="-order-1 flex flex-none items-center gap-2.5 border-b bg-tone-bg py-2 pr-3 pl-4 [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-tone"
    >
      {icon}
      <span className="min-w-0 flex-1">{children}</span>
      {action}
    </div>
  );
}

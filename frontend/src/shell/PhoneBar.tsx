import { Link, type LinkProps } from "@tanstack/react-router";
import { Bell, CircleUserRound, LayoutDashboard, List, type LucideIcon, Plus } from "lucide-react";
import type { ReactNode } from "react";
import type { User } from "@/api/types";
import { UnreadBadge } from "@/notifications/UnreadBadge";
import { bottomBar } from "@/ui/bottomBars";
import { AccountMenu } from "./UserMenu";

const TAB =
  "relative flex flex-col items-center justify-center gap-[3px] text-11 leading-[14px]! font-medium text-fg-3 aria-[current]:text-fg [&>svg]:size-5";

/** The tab bar of a phone, with New in the middle under the thumb. */
export function PhoneBar({ user }: { user: User }) {
  return (
    <nav
      ref={bottomBar}
      aria-label="Main"
      // While rows are picked the bulk bar takes its place.
      className="grid h-[calc(60px+env(safe-area-inset-bottom))] flex-none grid-cols-5 border-t bg-surface pb-[env(safe-area-inset-bottom)] group-has-[[data-bulk]]/yard:hidden md:hidden"
    >
      <Tab to="/" icon={LayoutDashboard}>
        Overview
      </Tab>
      <Tab to="/jobs" icon={List}>
        Jobs
      </Tab>
      <Link to="/jobs/new" aria-label="New job" className={TAB} activeOptions={{ exact: true }}>
        <span className="grid size-10 place-items-center rounded-panel border border-hv-edge bg-hv text-hv-ink">
          <Plus className="size-5" strokeWidth={1.75} aria-hidden="true" />
        </span>
      </Link>
      <Tab to="/notifications" icon={Bell} badge={<UnreadBadge />}>
        Inbox
      </Tab>
      <AccountMenu
        user={user}
        trigger={
          <button type="button" className={TAB}>
            <CircleUserRound strokeWidth={1.75} aria-hidden="true" />
            You
          </button>
        }
      />
    </nav>
  );
}

function Tab({
  to,
  icon: Icon,
  badge,
  children,
}: {
  to: NonNullable<LinkProps["to"]>;
  icon: LucideIcon;
  badge?: ReactNode;
  children: ReactNode;
}) {
  return (
    <Link to={to} activeOptions={{ exact: true, includeSearch: false }} className={`group ${TAB}`}>
      <span className="absolute -top-px hidden h-[3px] w-7 rounded-b-[3px] bg-hv-bar group-aria-[current]:block" />
      <Icon strokeWidth={1.75} aria-hidden="true" />
      {children}
      {badge && <span className="absolute top-1 left-1/2 ml-1.5">{badge}</span>}
    </Link>
  );
}

import { useQuery } from "@tanstack/react-query";
import { Link, type LinkProps, useLocation } from "@tanstack/react-router";
import {
  ArchiveX,
  Bell,
  LayoutDashboard,
  List,
  type LucideIcon,
  ScrollText,
  Search,
  Settings,
  Users,
} from "lucide-react";
import type { ReactNode } from "react";
import { jobCounts } from "@/api/jobs";
import type { User } from "@/api/types";
import { UnreadBadge } from "@/notifications/UnreadBadge";
import { Kbd } from "@/ui/Kbd";
import { Mark } from "@/ui/Mark";
import { count } from "@/ui/time";
import { UserMenu } from "./UserMenu";

/** Only what can be used: a screen joins when its API is there. */
export function Sidebar({ user, onHelp, onFind }: { user: User; onHelp: () => void; onFind: () => void }) {
  return (
    <aside className="hidden min-h-0 flex-col gap-0.5 pt-3 pr-2 pb-2 pl-3 md:flex">
      <Link to="/" className="mb-2.5 flex h-8 items-center gap-2 px-1 text-15 font-bold tracking-[-.02em]">
        <Mark />
        Jobyard
      </Link>
      <button
        type="button"
        onClick={onFind}
        className="mb-3 flex h-7.5 items-center gap-2 rounded-control border border-line-2! bg-surface pr-1.5 pl-2 text-left text-fg-3 shadow-1 transition-colors duration-90 hover:text-fg-2"
      >
        <Search className="size-3.5" strokeWidth={1.75} aria-hidden="true" />
        <span className="flex-1">Search or run</span>
        <span className="max-xl:hidden">
          <Kbd>{/Mac|iP/.test(navigator.platform) ? "Cmd" : "Ctrl"} K</Kbd>
        </span>
      </button>
      <nav aria-label="Main" className="flex flex-col gap-0.5">
        <NavLink to="/" icon={LayoutDashboard} exact>
          Overview
        </NavLink>
        <NavLink to="/jobs" icon={List} note={<Running />}>
          Jobs
        </NavLink>
        <NavLink to="/dead-letters" icon={ArchiveX} note={<Failed />}>
          Dead letters
        </NavLink>
        {user.role === "admin" && (
          <>
            <p className="mt-3 px-2 pb-1 text-12 text-fg-3">Operators</p>
            <NavLink to="/admin/users" icon={Users}>
              Users
            </NavLink>
            <NavLink to="/admin/audit" icon={ScrollText}>
              Audit log
            </NavLink>
          </>
        )}
      </nav>
      <nav aria-label="Yours" className="mt-auto flex flex-col gap-0.5 pt-4">
        <NavLink to="/notifications" icon={Bell} badge={<UnreadBadge />}>
          Notifications
        </NavLink>
        {/* Its section 'Activity' is a screen of its own. */}
        <NavLink to="/settings" icon={Settings} also="/activity">
          Settings
        </NavLink>
      </nav>
      <div>
        <UserMenu user={user} onHelp={onHelp} />
      </div>
    </aside>
  );
}

// By themselves: these numbers move several times a second while much happens, and nothing else here does.
function Running() {
  const running = useQuery({ ...jobCounts(), select: (counts) => counts.running }).data ?? 0;
  return running > 0 && `${count(running)} running`;
}

function Failed() {
  const failed = useQuery({ ...jobCounts(), select: (counts) => counts.failed }).data ?? 0;
  return failed > 0 && <span className="text-failed">{count(failed)}</span>;
}

function NavLink({
  to,
  icon: Icon,
  exact = false,
  also,
  note,
  badge,
  children,
}: {
  to: NonNullable<LinkProps["to"]>;
  icon: LucideIcon;
  exact?: boolean;
  /** Another address that belongs to it. */
  also?: string;
  note?: ReactNode;
  badge?: ReactNode;
  children: ReactNode;
}) {
  const isAlso = useLocation({ select: ({ pathname }) => pathname === also });
  return (
    <Link
      to={to}
      {...(isAlso && { "aria-current": true })}
      activeOptions={{ exact, includeSearch: false }}
      className="group relative flex h-7 items-center gap-2 rounded-control px-2 font-book text-fg-2 transition-colors duration-90 hover:bg-surface-4 hover:text-fg aria-[current]:bg-surface aria-[current]:font-strong aria-[current]:text-fg aria-[current]:shadow-[0_0_0_1px_var(--line),var(--sh-1)] dark:hover:bg-surface-3 dark:aria-[current]:bg-surface-3 dark:aria-[current]:shadow-none"
    >
      <span className="absolute inset-y-1.5 -left-2 hidden w-[3px] rounded-full bg-hv-bar group-aria-[current]:block" />
      <Icon className="size-4" strokeWidth={1.75} aria-hidden="true" />
      {children}
      {note && <span className="ml-auto text-12 font-book text-fg-3">{note}</span>}
      {badge && <span className="ml-auto">{badge}</span>}
    </Link>
  );
}

import { Link, type LinkProps, Outlet, useLocation } from "@tanstack/react-router";
import {
  Archive,
  Bell,
  History,
  KeyRound,
  LockKeyhole,
  type LucideIcon,
  MonitorSmartphone,
  SunMoon,
  UserRound,
} from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { Head } from "@/ui/Panel";

const SECTIONS: readonly { to: NonNullable<LinkProps["to"]>; icon: LucideIcon; label: string }[] = [
  { to: "/settings", icon: UserRound, label: "Profile" },
  { to: "/settings/password", icon: LockKeyhole, label: "Password" },
  { to: "/settings/sessions", icon: MonitorSmartphone, label: "Sessions" },
  { to: "/settings/api-keys", icon: KeyRound, label: "API keys" },
  { to: "/settings/notifications", icon: Bell, label: "Notifications" },
  { to: "/settings/appearance", icon: SunMoon, label: "Appearance" },
  { to: "/activity", icon: History, label: "Activity" },
  { to: "/settings/data", icon: Archive, label: "Your data" },
];

/** What is one's own to set: sections at the left, on phones in a row above. */
export function Settings() {
  const nav = useRef<HTMLElement>(null);
  const path = useLocation({ select: ({ pathname }) => pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: on a phone the row of sections is wider than the screen
  useEffect(() => {
    nav.current?.querySelector("[aria-current]")?.scrollIntoView?.({ block: "nearest", inline: "center" });
  }, [path]);
  return (
    <>
      <Head title="Settings" />
      <div className="flex min-h-0 flex-1 flex-col md:grid md:grid-cols-[184px_minmax(0,1fr)]">
        <nav
          ref={nav}
          aria-label="Settings"
          className="flex flex-none gap-0.5 border-b bg-surface-2 px-3 max-md:overflow-x-auto md:flex-col md:border-r md:border-b-0 md:py-4"
        >
          {SECTIONS.map((section) => (
            <SectionLink key={section.to} {...section} />
          ))}
        </nav>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <div tabIndex={0} className="min-h-0 flex-1 overflow-auto -outline-offset-2!">
          <div className="flex max-w-[960px] flex-col gap-5 p-4 md:px-8 md:py-6">
            <Outlet />
          </div>
        </div>
      </div>
    </>
  );
}

function SectionLink({ to, icon: Icon, label }: (typeof SECTIONS)[number]) {
  return (
    <Link
      to={to}
      activeOptions={{ exact: true, includeSearch: false }}
      className="group relative flex h-10.5 flex-none items-center gap-2 rounded-control px-2 font-book whitespace-nowrap text-fg-2 transition-colors duration-90 hover:text-fg aria-[current]:font-strong aria-[current]:text-fg max-md:aria-[current]:after:absolute max-md:aria-[current]:after:inset-x-1 max-md:aria-[current]:after:bottom-0 max-md:aria-[current]:after:h-0.5 max-md:aria-[current]:after:bg-fg md:h-7 md:hover:bg-surface-4 md:aria-[current]:bg-surface md:aria-[current]:shadow-[0_0_0_1px_var(--line),var(--sh-1)] dark:md:hover:bg-surface-3 dark:md:aria-[current]:bg-surface-3 dark:md:aria-[current]:shadow-none"
    >
      <span className="absolute inset-y-1.5 -left-3 hidden w-[3px] rounded-full bg-hv-bar md:group-aria-[current]:block" />
      <Icon className="size-4" strokeWidth={1.75} aria-hidden="true" />
      {label}
    </Link>
  );
}

/** The head of a section: its name, a sentence, and what one can do to all of it. */
export function SectionHead({
  title,
  end,
  children,
}: {
  title: string;
  end?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <header className="flex flex-wrap items-start gap-x-4 gap-y-2">
      <div className="min-w-0 flex-1 basis-64">
        <h2 className="text-16">{title}</h2>
        {children && <p className="text-fg-2">{children}</p>}
      </div>
      {end}
    </header>
  );
}

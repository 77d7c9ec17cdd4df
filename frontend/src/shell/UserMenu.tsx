import { useNavigate } from "@tanstack/react-router";
import { Keyboard, LogOut, Monitor, Moon, ScrollText, Settings, Sun, SunMoon, Users } from "lucide-react";
import type { ReactElement } from "react";
import { useSignOut } from "@/account/useSignOut";
import type { User } from "@/api/types";
import { IconButton } from "@/ui/IconButton";
import { Menu, type MenuEntry, type MenuProps } from "@/ui/Menu";
import { chooseTheme, flipTheme, type ThemeChoice, useThemeChoice } from "@/ui/theme";

/** The foot of the sidebar: who you are, and what is yours to set. */
export function UserMenu({ user, onHelp }: { user: User; onHelp: () => void }) {
  return (
    <div className="mt-2 flex items-center gap-1 border-t pt-2">
      <AccountMenu
        user={user}
        onHelp={onHelp}
        trigger={
          <button
            type="button"
            className="flex min-w-0 flex-1 items-center gap-2 rounded-control p-1 pl-2 text-left hover:bg-surface-4 dark:hover:bg-surface-3"
          >
            <Avatar user={user} />
            <span className="min-w-0 flex-1">
              <span className="block truncate">{user.name || user.email.split("@")[0]}</span>
              <span className="block truncate text-12 text-fg-3">{user.email}</span>
            </span>
          </button>
        }
      />
      <IconButton
        size="sm"
        label="Switch theme"
        shortcut="t"
        icon={<SunMoon aria-hidden="true" />}
        onClick={flipTheme}
      />
    </div>
  );
}

export function AccountMenu({
  user,
  trigger,
  onHelp,
}: {
  user: User;
  trigger: MenuProps["trigger"];
  onHelp?: () => void;
}) {
  const theme = useThemeChoice();
  const leave = useSignOut();
  const navigate = useNavigate();
  // The sidebar has these as well; a phone has no sidebar.
  const operator: MenuEntry[] =
    user.role === "admin"
      ? [
          {
            label: "Users",
            icon: <Users aria-hidden="true" />,
            onSelect: () => void navigate({ to: "/admin/users" }),
          },
          {
            label: "Audit log",
            icon: <ScrollText aria-hidden="true" />,
            onSelect: () => void navigate({ to: "/admin/audit" }),
          },
          "line",
        ]
      : [];
  const help: MenuEntry[] = onHelp
    ? [{ label: "Keys", icon: <Keyboard aria-hidden="true" />, shortcut: "?", onSelect: onHelp }]
    : [];
  return (
    <Menu
      trigger={trigger}
      side="top"
      entries={[
        { note: `Signed in as ${user.email}` },
        "line",
        ...operator,
        {
          choice: "Theme",
          value: theme,
          options: THEMES,
          onChange: (value: string) => chooseTheme(value as ThemeChoice),
        },
        "line",
        {
          label: "Settings",
          icon: <Settings aria-hidden="true" />,
          onSelect: () => void navigate({ to: "/settings" }),
        },
        ...help,
        { label: "Sign out", icon: <LogOut aria-hidden="true" />, onSelect: () => void leave() },
      ]}
    />
  );
}

const THEMES = [
  { value: "light", label: "Light", icon: <Sun aria-hidden="true" /> },
  { value: "dark", label: "Dark", icon: <Moon aria-hidden="true" /> },
  { value: "system", label: "As the system", icon: <Monitor aria-hidden="true" /> },
] as const satisfies readonly { value: ThemeChoice; label: string; icon: ReactElement }[];

export function Avatar({ user }: { user: User }) {
  return (
    <span
      aria-hidden="true"
      className="grid size-6 shrink-0 place-items-center rounded-full bg-surface-4 text-[10px] font-[600] text-fg-2"
    >
      {initials(user)}
    </span>
  );
}

/** 'Mara Lind' → 'ML'; without a name, two letters of the address. */
function initials(user: User): string {
  const words = (user.name ?? "").trim().split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)].map((word) => [...(word ?? "")][0]) : null;
  return (letters?.join("") ?? (words[0] ?? user.email).slice(0, 2)).toUpperCase();
}

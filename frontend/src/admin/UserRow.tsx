import { useNavigate } from "@tanstack/react-router";
import { Ban, Ellipsis, Scale, ScrollText, ShieldMinus, ShieldPlus, UserRoundCheck } from "lucide-react";
import type { ManagedUser } from "@/api/admin";
import { Avatar } from "@/shell/UserMenu";
import { buttonClass } from "@/ui/Button";
import { cx } from "@/ui/cx";
import { Menu, type MenuEntry } from "@/ui/Menu";
import { Tag } from "@/ui/Pill";
import { RelativeTime } from "@/ui/Time";
import { visible } from "@/ui/visible";
import type { Change } from "./changes";

const COLUMNS =
  "md:grid md:grid-cols-[minmax(0,1fr)_120px_minmax(0,180px)_72px_104px_36px] md:items-center md:gap-4 px-4";
const WEIGHT = 10;

export function UsersHead() {
  return (
    // biome-ignore-start lint/a11y/useSemanticElements: a card on phones, which a table's row can't be
    // biome-ignore-start lint/a11y/useFocusableInteractive: a head is not reached by the keyboard
    <div
      role="row"
      className={cx(COLUMNS, "sticky top-0 z-3 h-8 border-b bg-surface-2 text-12 text-fg-3 max-md:hidden!")}
    >
      {["User", "Role", "State", "Weight", "Joined"].map((word) => (
        <span
          key={word}
          role="columnheader"
          className={word === "Weight" || word === "Joined" ? "text-right" : ""}
        >
          {word}
        </span>
      ))}
      <span role="columnheader">
        <span className="sr-only">Actions</span>
      </span>
    </div>
    // biome-ignore-end lint/a11y/useFocusableInteractive: ends here
    // biome-ignore-end lint/a11y/useSemanticElements: ends here
  );
}

export function UserRow({
  user,
  isMe,
  onAsk,
}: {
  user: ManagedUser;
  isMe: boolean;
  onAsk: (change: Change) => void;
}) {
  return (
    // biome-ignore-start lint/a11y/useSemanticElements: a card on phones, which a table's row can't be
    // biome-ignore-start lint/a11y/useFocusableInteractive: what can be done with a row is its menu
    <div
      role="row"
      data-user={user.id}
      className={cx(
        COLUMNS,
        "relative flex min-h-14 flex-wrap items-center gap-x-3 gap-y-1 border-b py-2 max-md:pr-14",
      )}
    >
      <span role="cell" className="flex min-w-0 items-center gap-2.5 max-md:basis-full">
        <Avatar user={user} />
        <span className="min-w-0 flex-1">
          <span className={cx("block truncate font-strong", user.disabled && "text-fg-3")}>
            <bdi>{visible(user.name || user.email)}</bdi>
            {isMe && <span className="font-normal text-fg-3"> (you)</span>}
          </span>
          <span className="block truncate text-12 text-fg-3">
            {user.name && <bdi>{visible(user.email)}</bdi>}
            {/* Without mail nobody's is: only what somebody has shown is worth a word. */}
            {user.email_verified && (user.name ? ", confirmed" : "confirmed")}
          </span>
        </span>
      </span>
      <span role="cell">
        {user.role === "admin" ? <Tag>Administrator</Tag> : <span className="text-fg-2">User</span>}
      </span>
      <span role="cell" className="truncate">
        {user.disabled ? (
          <span data-tone="failed" className="inline-flex items-center gap-1.5 text-tone">
            <Ban className="size-4 shrink-0" strokeWidth={1.75} aria-hidden="true" />
            Disabled
            {user.disabled_at && <RelativeTime at={user.disabled_at} className="text-12 text-fg-3" />}
          </span>
        ) : (
          <span className="text-fg-2">Active</span>
        )}
      </span>
      <span role="cell" className={cx("md:text-right", user.weight === WEIGHT && "text-fg-3 max-md:hidden")}>
        <span className="md:hidden">Weight </span>
        {user.weight}
      </span>
      <span role="cell" className="text-fg-3 md:text-right">
        <span className="md:hidden">Joined </span>
        <RelativeTime at={user.created_at} />
      </span>
      <span role="cell" className="max-md:absolute max-md:top-2 max-md:right-3">
        <Actions user={user} isMe={isMe} onAsk={onAsk} />
      </span>
    </div>
    // biome-ignore-end lint/a11y/useFocusableInteractive: ends here
    // biome-ignore-end lint/a11y/useSemanticElements: ends here
  );
}

function Actions({
  user,
  isMe,
  onAsk,
}: {
  user: ManagedUser;
  isMe: boolean;
  onAsk: (change: Change) => void;
}) {
  const navigate = useNavigate();
  const entry = (label: string, icon: React.ReactNode, change: Change): MenuEntry => ({
    label,
    icon,
    onSelect: () => onAsk(change),
  });
  // Nobody shuts themselves out by a slip: that is for another administrator.
  const onOthers: MenuEntry[] = isMe
    ? [{ note: "Your own role is another's to change" }]
    : [
        user.role === "admin"
          ? entry("Make ordinary user", <ShieldMinus aria-hidden="true" />, "demote")
          : entry("Make administrator", <ShieldPlus aria-hidden="true" />, "promote"),
        user.disabled
          ? entry("Enable", <UserRoundCheck aria-hidden="true" />, "enable")
          : entry("Disable", <Ban aria-hidden="true" />, "disable"),
      ];
  return (
    <Menu
      align="end"
      trigger={
        <button
          type="button"
          aria-label={`Actions for ${user.email}`}
          className={buttonClass({ look: "ghost", size: "md" }, "w-9 px-0! md:w-7")}
        >
          <Ellipsis aria-hidden="true" />
        </button>
      }
      entries={[
        ...onOthers,
        entry("Change weight", <Scale aria-hidden="true" />, "weight"),
        "line",
        {
          label: "What they did",
          icon: <ScrollText aria-hidden="true" />,
          onSelect: () => void navigate({ to: "/admin/audit", search: { actor: user.id } }),
        },
      ]}
    />
  );
}

import { ClockAlert } from "lucide-react";
import type { ApiKey } from "@/api/account";
import { Button } from "@/ui/Button";
import { cx } from "@/ui/cx";
import { Tag } from "@/ui/Pill";
import { RelativeTime, useNow } from "@/ui/Time";
import { exactTime, fullDate, relativeTime } from "@/ui/time";

const SOON_MS = 14 * 86_400_000;
/** On phones each row is a card: the name above, the rest in a line below. */
const GRID = "grid-cols-[minmax(120px,1fr)_112px_196px_92px_112px_72px] items-center gap-x-3 px-4 md:grid";

export function KeyHead() {
  return (
    <li aria-hidden="true" className={cx(GRID, "hidden h-8 border-b bg-surface-2 text-12 text-fg-3")}>
      <span>Name</span>
      <span>Starts with</span>
      <span>Scopes</span>
      <span>Last used</span>
      <span>Expires</span>
    </li>
  );
}

export function KeyRow({
  apiKey,
  isNew,
  onDelete,
}: {
  apiKey: ApiKey;
  isNew: boolean;
  onDelete: () => void;
}) {
  const { name, hint, scopes, last_used_at: used, expires_at: expires } = apiKey;
  return (
    <li
      className={cx(
        GRID,
        "relative flex min-h-11 flex-wrap gap-y-1 border-b py-2 last:border-b-0 md:py-1",
        isNew && "bg-hv-tint before:absolute before:inset-y-0 before:left-0 before:w-[3px] before:bg-hv-bar",
      )}
    >
      <span title={name} className="truncate font-semi max-md:w-full">
        {name}
      </span>
      <span className="code-12 truncate text-fg-2">{hint}…</span>
      <span className="flex flex-wrap gap-1">
        {scopes.map((scope) => (
          <Tag key={scope}>{scope}</Tag>
        ))}
      </span>
      <span className="text-fg-2">
        <span className="text-fg-3 md:sr-only">used </span>
        {used ? <RelativeTime at={used} /> : "never"}
      </span>
      <span className="text-fg-2">
        <span className="text-fg-3 md:sr-only">expires </span>
        <Expiry at={expires} />
      </span>
      <span className="flex justify-end max-md:ml-auto">
        <Button look="ghost" size="sm" onClick={onDelete} aria-label={`Delete the key ${name}`}>
          Delete
        </Button>
      </span>
    </li>
  );
}

/** A key that runs out soon stands out: what uses it will be refused. */
function Expiry({ at }: { at: string | null }) {
  const now = useNow();
  if (at === null) return "never";
  const time = Date.parse(at);
  if (time <= now) return <span className="text-failed">expired {fullDate(time)}</span>;
  if (time - now > SOON_MS) return <time dateTime={at}>{fullDate(time)}</time>;
  return (
    <time dateTime={at} title={exactTime(at)} className="inline-flex items-center gap-1 text-retrying">
      <ClockAlert className="size-3.5" aria-hidden="true" />
      {relativeTime(time, now)}
    </time>
  );
}

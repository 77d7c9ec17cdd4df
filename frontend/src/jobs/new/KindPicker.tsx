import { Combobox } from "@base-ui/react/combobox";
import {
  Check,
  ChevronsUpDown,
  FlaskConical,
  Globe,
  type LucideIcon,
  Mail,
  Package,
  Webhook,
} from "lucide-react";
import type { Kind } from "@/api/types";
import { cx } from "@/ui/cx";
import { POPUP } from "@/ui/popup";

const ICONS: Readonly<Record<string, LucideIcon>> = {
  "http.request": Globe,
  "email.send": Mail,
  "webhook.deliver": Webhook,
};

/** What a job can do: found by typing, told with what it does and how many workers run it. */
export function KindPicker({
  kinds,
  kind,
  onPick,
  invalid,
}: {
  kinds: readonly Kind[];
  kind: Kind | undefined;
  onPick: (kind: Kind) => void;
  invalid: boolean;
}) {
  return (
    <Combobox.Root
      items={kinds}
      value={kind ?? null}
      onValueChange={(next: Kind | null) => next && onPick(next)}
      isItemEqualToValue={(one: Kind, other: Kind) => one.kind === other.kind}
      itemToStringLabel={(one: Kind) => `${one.kind} ${one.description}`}
      autoHighlight
    >
      <span id="kind-label" className="font-strong">
        Kind
      </span>
      <Combobox.Trigger
        aria-labelledby="kind-label kind-value"
        aria-invalid={invalid || undefined}
        className={cx(
          "flex h-11 w-full min-w-0 items-center gap-2 rounded-control border bg-surface px-2.5 text-left md:h-9 dark:bg-surface-2",
          invalid ? "border-failed!" : "border-control!",
        )}
      >
        {kind && <KindIcon kind={kind.kind} />}
        <span id="kind-value" className="flex min-w-0 flex-1 items-baseline gap-2">
          <b className="font-strong">{kind?.kind ?? "Choose what the job does"}</b>
          {kind && <span className="truncate text-fg-3 max-md:hidden">{kind.description}</span>}
        </span>
        {kind && <Workers kind={kind} />}
        <ChevronsUpDown className="size-3.5 shrink-0 text-fg-2" aria-hidden="true" />
      </Combobox.Trigger>
      <Combobox.Portal>
        <Combobox.Positioner align="start" sideOffset={6} className="z-40 outline-none">
          <Combobox.Popup
            aria-label="Kinds"
            className={`${POPUP} flex max-h-[min(28rem,var(--available-height))] w-[max(var(--anchor-width),320px)] max-w-[var(--available-width)] flex-col overflow-hidden`}
          >
            <div className="flex-none border-b p-2">
              <Combobox.Input
                aria-label="Find a kind"
                placeholder="Find a kind"
                className="h-10 w-full rounded-control border border-line-2! bg-surface px-2.5 text-16 outline-none placeholder:text-fg-3 focus:border-focus! md:h-7 md:text-13"
              />
            </div>
            <Combobox.Empty>
              <p className="px-3 py-4 text-fg-3 empty:hidden">No kind is called that.</p>
            </Combobox.Empty>
            <Combobox.List className="overflow-auto p-1 empty:p-0">
              {(one: Kind) => (
                <Combobox.Item
                  key={one.kind}
                  value={one}
                  disabled={one.audience === "off"}
                  className="flex cursor-default items-center gap-2.5 rounded-control px-2 py-1.5 outline-none select-none data-disabled:text-fg-off data-highlighted:bg-surface-3 dark:data-highlighted:bg-surface-4"
                >
                  <KindIcon kind={one.kind} />
                  <span className="min-w-0 flex-1">
                    <b className="block font-strong">{one.kind}</b>
                    <span className="block truncate text-12 text-fg-3">{one.description}</span>
                  </span>
                  <Workers kind={one} />
                  <Combobox.ItemIndicator className="w-4">
                    <Check className="size-4" aria-hidden="true" />
                  </Combobox.ItemIndicator>
                </Combobox.Item>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}

/** All kinds to pick from at a glance, before there is one. */
export function KindCards({ kinds, onPick }: { kinds: readonly Kind[]; onPick: (kind: Kind) => void }) {
  return (
    <ul className="grid gap-2.5 md:grid-cols-2">
      {kinds.slice(0, CARDS_LIMIT).map((one) => (
        <li key={one.kind}>
          <button
            type="button"
            disabled={one.audience === "off"}
            onClick={() => onPick(one)}
            className="flex h-full w-full items-start gap-3 rounded-card border p-3.5 text-left transition-colors duration-90 hover:border-line-2 hover:bg-surface-2 disabled:text-fg-off"
          >
            <span className="mt-0.5">
              <KindIcon kind={one.kind} />
            </span>
            <span className="min-w-0 flex-1">
              <b className="block font-strong">{one.kind}</b>
              <span className="block text-fg-3">{one.description}</span>
            </span>
            <Workers kind={one} />
          </button>
        </li>
      ))}
    </ul>
  );
}

/** More than these are found by typing. */
const CARDS_LIMIT = 12;

function KindIcon({ kind }: { kind: string }) {
  const Icon = ICONS[kind] ?? (kind.startsWith("demo.") ? FlaskConical : Package);
  return <Icon className="size-4 shrink-0 text-fg-2" strokeWidth={1.75} aria-hidden="true" />;
}

function Workers({ kind }: { kind: Kind }) {
  if (kind.audience === "off") return <span className="text-12 text-fg-3">turned off</span>;
  const word = kind.workers === 1 ? "1 worker" : `${kind.workers} workers`;
  return (
    <span className={cx("text-12 whitespace-nowrap", kind.workers === 0 ? "text-failed" : "text-fg-3")}>
      {kind.workers === 0 ? "no worker" : word}
    </span>
  );
}

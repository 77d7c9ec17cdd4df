import { ChevronsUpDown, FlaskConical, Globe, type LucideIcon, Mail, Package, Webhook } from "lucide-react";
import { type ComponentProps, lazy, Suspense, useState } from "react";
import type { Kind } from "@/api/types";
import { cx } from "@/ui/cx";

const ICONS: Readonly<Record<string, LucideIcon>> = {
  "http.request": Globe,
  "email.send": Mail,
  "webhook.deliver": Webhook,
};

export interface KindPickerProps {
  kinds: readonly Kind[];
  kind: Kind | undefined;
  onPick: (kind: Kind) => void;
  invalid: boolean;
}

const load = () => import("./LoadedKindPicker");
const LoadedKindPicker = lazy(load);

/** What a job can do: found by typing, told with what it does and how many workers run it. Its list comes when reached for. */
export function KindPicker(props: KindPickerProps) {
  const [wanted, setWanted] = useState(false);
  const alone = (
    <KindTrigger
      kind={props.kind}
      invalid={props.invalid}
      aria-haspopup="dialog"
      aria-expanded={false}
      onPointerEnter={() => void load()}
      onFocus={() => void load()}
      onClick={() => setWanted(true)}
    />
  );
  return (
    <>
      <span id="kind-label" className="font-strong">
        Kind
      </span>
      {wanted ? (
        <Suspense fallback={alone}>
          <LoadedKindPicker {...props} />
        </Suspense>
      ) : (
        alone
      )}
    </>
  );
}

export function KindTrigger({
  kind,
  invalid,
  ...rest
}: { kind: Kind | undefined; invalid: boolean } & ComponentProps<"button">) {
  return (
    <button
      {...rest}
      type="button"
      aria-labelledby="kind-label kind-value kind-workers"
      aria-invalid={invalid || undefined}
      className={cx(
        "flex h-11 w-full min-w-0 items-center gap-2 rounded-control border bg-surface px-2.5 text-left md:h-9 dark:bg-surface-2",
        invalid ? "border-failed!" : "border-control!",
      )}
    >
      {kind && <KindIcon kind={kind.kind} />}
      <span id="kind-value" className="flex min-w-0 flex-1 items-baseline gap-2">
        <b className="font-strong">{kind?.kind ?? "Choose what the job does"}</b>
        <span className="min-w-0 flex-1 truncate text-fg-3">
          {kind && <span className="max-md:hidden">{kind.description}</span>}
        </span>
        {kind && (
          <span id="kind-workers" className="flex">
            <Workers kind={kind} />
          </span>
        )}
      </span>
      <ChevronsUpDown className="size-3.5 shrink-0 text-fg-2" aria-hidden="true" />
    </button>
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

export function KindIcon({ kind }: { kind: string }) {
  const Icon = ICONS[kind] ?? (kind.startsWith("demo.") ? FlaskConical : Package);
  return <Icon className="size-4 shrink-0 text-fg-2" strokeWidth={1.75} aria-hidden="true" />;
}

export function Workers({ kind }: { kind: Kind }) {
  if (kind.audience === "off") return <span className="text-12 text-fg-3">turned off</span>;
  const word = kind.workers === 1 ? "1 worker" : `${kind.workers} workers`;
  return (
    <span className={cx("text-12 whitespace-nowrap", kind.workers === 0 ? "text-failed" : "text-fg-3")}>
      {kind.workers === 0 ? "no worker" : word}
    </span>
  );
}

import { Combobox } from "@base-ui/react/combobox";
import { Check } from "lucide-react";
import type { Kind } from "@/api/types";
import { POPUP } from "@/ui/popup";
import { KindIcon, type KindPickerProps, KindTrigger, Workers } from "./KindPicker";

/** The list of kinds behind the picker's button: a third of what this screen would weigh, so it is loaded apart. */
export default function LoadedKindPicker({ kinds, kind, onPick, invalid }: KindPickerProps) {
  return (
    <Combobox.Root
      items={kinds}
      value={kind ?? null}
      onValueChange={(next: Kind | null) => next && onPick(next)}
      isItemEqualToValue={(one: Kind, other: Kind) => one.kind === other.kind}
      itemToStringLabel={(one: Kind) => `${one.kind} ${one.description}`}
      autoHighlight
      defaultOpen
    >
      <Combobox.Trigger render={<KindTrigger kind={kind} invalid={invalid} />} />
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

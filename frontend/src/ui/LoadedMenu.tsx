import { Menu as Base } from "@base-ui/react/menu";
import { Check } from "lucide-react";
import { cx } from "./cx";
import { Kbd } from "./Kbd";
import type { MenuChoice, MenuEntry, MenuProps } from "./Menu";
import { POPUP } from "./popup";

const ITEM =
  "flex h-10 items-center gap-2 rounded-control px-2 outline-none select-none data-disabled:text-fg-off data-highlighted:bg-surface-3 md:h-8 dark:data-highlighted:bg-surface-4 [&_svg]:size-4 [&_svg]:shrink-0";

/** The menu itself; it is loaded by a click, so it comes open. */
export default function LoadedMenu({ trigger, entries, side = "bottom", align = "start" }: MenuProps) {
  return (
    <Base.Root defaultOpen>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner side={side} align={align} sideOffset={6} className="z-40 outline-none">
          <Base.Popup className={cx(POPUP, "max-h-(--available-height) min-w-48 overflow-auto p-1")}>
            {entries.map((entry, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a menu's entries do not move while it is open
              <Entry key={index} entry={entry} />
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function Entry({ entry }: { entry: MenuEntry }) {
  if (entry === "line") return <Base.Separator className="mx-1 my-1 h-px bg-line" />;
  if ("note" in entry) {
    return <div className="max-w-60 truncate px-2 pt-1.5 pb-1 text-12 text-fg-3">{entry.note}</div>;
  }
  if ("choice" in entry) return <Choice {...entry} />;
  if ("checked" in entry) {
    return (
      <Base.CheckboxItem
        className={ITEM}
        checked={entry.checked}
        onCheckedChange={(checked) => entry.onChange(checked)}
      >
        {entry.icon}
        <span className="flex-1">{entry.label}</span>
        <Base.CheckboxItemIndicator>
          <Check aria-hidden="true" />
        </Base.CheckboxItemIndicator>
      </Base.CheckboxItem>
    );
  }
  return (
    <Base.Item className={ITEM} onClick={entry.onSelect} disabled={entry.disabled ?? false}>
      {entry.icon}
      <span className="flex-1">{entry.label}</span>
      {entry.shortcut && <Kbd>{entry.shortcut}</Kbd>}
    </Base.Item>
  );
}

function Choice({ choice, value, options, onChange }: MenuChoice) {
  return (
    <Base.Group>
      <Base.GroupLabel className="px-2 pt-1.5 pb-1 text-11 font-medium text-fg-3">{choice}</Base.GroupLabel>
      <Base.RadioGroup value={value} onValueChange={(next) => onChange(String(next))}>
        {options.map((option) => (
          <Base.RadioItem key={option.value} value={option.value} className={ITEM} closeOnClick>
            {option.icon}
            <span className="flex-1">{option.label}</span>
            <Base.RadioItemIndicator>
              <Check aria-hidden="true" />
            </Base.RadioItemIndicator>
          </Base.RadioItem>
        ))}
      </Base.RadioGroup>
    </Base.Group>
  );
}

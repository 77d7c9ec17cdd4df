import { Check } from "@/ui/Check";
import { cx } from "@/ui/cx";
import { COLUMNS, HEADINGS } from "./columns";

export function TableHead({
  picked,
  shown,
  onToggleAll,
}: {
  picked: number;
  shown: number;
  onToggleAll: () => void;
}) {
  const all = picked > 0 && picked === shown;
  return (
    // biome-ignore-start lint/a11y/useSemanticElements: the head of a grid of divs, see JobRow
    // biome-ignore-start lint/a11y/useFocusableInteractive: as above
    <div
      role="row"
      aria-rowindex={1}
      className={cx(
        COLUMNS,
        "sticky top-0 z-3 h-8 border-b bg-surface-2 px-4 text-12 font-book text-fg-3 max-md:hidden!",
      )}
    >
      <span role="columnheader" className="flex">
        <Check
          label="Select all that are loaded"
          checked={all}
          mixed={picked > 0 && !all}
          onChange={onToggleAll}
        />
      </span>
      {HEADINGS.map(({ word, title, className }) => (
        <span key={word} role="columnheader" title={title} className={className}>
          {word}
        </span>
      ))}
    </div>
    // biome-ignore-end lint/a11y/useFocusableInteractive: as above
    // biome-ignore-end lint/a11y/useSemanticElements: as above
  );
}

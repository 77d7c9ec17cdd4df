import { Copy, CopyPlus, Ellipsis, Link, PencilLine, Trash2 } from "lucide-react";
import { Button } from "@/ui/Button";
import { Menu, type MenuEntry } from "@/ui/Menu";
import type { JobActions } from "./useJobActions";

/** What is done now and then. `withAgain`: where there is no room for its button. */
export function JobMenu({
  actions,
  withAgain = false,
  className,
}: {
  actions: JobActions;
  withAgain?: boolean;
  className?: string;
}) {
  const { edit, askDiscard } = actions;
  const again: MenuEntry[] = withAgain
    ? [{ label: "Run again with changes", icon: <CopyPlus aria-hidden="true" />, onSelect: actions.again }]
    : [];
  const changes: MenuEntry[] = edit
    ? [{ label: "Change…", icon: <PencilLine aria-hidden="true" />, shortcut: "e", onSelect: edit }]
    : [];
  const discard: MenuEntry[] = askDiscard
    ? ["line", { label: "Discard…", icon: <Trash2 aria-hidden="true" />, onSelect: askDiscard }]
    : [];
  return (
    <Menu
      align="end"
      trigger={
        <Button look={withAgain ? "ghost" : "plain"} aria-label="More" className={className ?? ""}>
          <Ellipsis aria-hidden="true" />
        </Button>
      }
      entries={[
        ...again,
        ...changes,
        { label: "Copy the id", icon: <Copy aria-hidden="true" />, shortcut: "y", onSelect: actions.copyId },
        { label: "Copy the link", icon: <Link aria-hidden="true" />, onSelect: actions.copyLink },
        ...discard,
      ]}
    />
  );
}

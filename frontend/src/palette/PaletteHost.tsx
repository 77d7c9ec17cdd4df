import { lazy, Suspense, useEffect, useState } from "react";

const Palette = lazy(() => import("./Palette"));

/** Opens the palette by Ctrl K or the command key and K, also while one types, and by `open` from elsewhere. */
export function PaletteHost({
  open,
  onOpen,
  onHelp,
  onSignOut,
}: {
  open: boolean;
  onOpen: (open: boolean) => void;
  onHelp: () => void;
  onSignOut: () => void;
}) {
  const [used, setUsed] = useState(false);
  if (open && !used) setUsed(true);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (
        event.key.toLowerCase() !== "k" ||
        !(event.ctrlKey || event.metaKey) ||
        event.altKey ||
        event.shiftKey
      )
        return;
      event.preventDefault();
      onOpen(!open);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [open, onOpen]);

  if (!used) return null;
  return (
    <Suspense fallback={null}>
      <Palette open={open} onClose={() => onOpen(false)} onHelp={onHelp} onSignOut={onSignOut} />
    </Suspense>
  );
}

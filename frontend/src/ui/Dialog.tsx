import { lazy, type ReactNode, Suspense, useState } from "react";

export interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
  className?: string;
}

const LoadedDialog = lazy(() => import("./LoadedDialog"));

/**
 * Traps focus, closes by Escape or a click outside, gives focus back. Not for what can be undone: that just happens.
 * Its machinery is loaded when the first one opens.
 */
export function Dialog(props: DialogProps) {
  const [used, setUsed] = useState(false);
  if (props.open && !used) setUsed(true);
  if (!used) return null;
  return (
    <Suspense fallback={null}>
      <LoadedDialog {...props} />
    </Suspense>
  );
}

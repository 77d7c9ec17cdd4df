import type { ReactNode } from "react";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";

/** For what can't be undone: says what will happen, and asks. */
export function AskFirst({
  open,
  onClose,
  title,
  stay = "Cancel",
  action,
  onAct,
  children,
}: {
  open: boolean;
  onClose: () => void;
  title: string;
  stay?: string;
  action: string;
  onAct: () => void;
  children: ReactNode;
}) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={title}
      description={children}
      actions={
        <>
          <Button onClick={onClose}>{stay}</Button>
          <Button look="danger" onClick={onAct}>
            {action}
          </Button>
        </>
      }
    />
  );
}

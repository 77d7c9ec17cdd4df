// Short messages about what somebody just did to jobs.
import { CircleCheck, Copy, OctagonX, RotateCcw, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { explain } from "@/api/explain";
import { Button } from "@/ui/Button";
import { showToast } from "@/ui/Toasts";

export const DONE_TOAST = "jobs-done";
/** What became of the way back: a message of the same name would go with the one that is just being closed. */
export const UNDONE_TOAST = "jobs-undone";

/** `actions`: the way back, where there is one. */
export function tellDone(title: string, text?: string, actions?: ReactNode, id = DONE_TOAST): void {
  showToast(id, {
    tone: "completed",
    icon: <CircleCheck strokeWidth={1.75} aria-hidden="true" />,
    title,
    ...(text ? { text } : {}),
    ...(actions ? { actions } : {}),
    stays: false,
  });
}

export function tellFailed(title: string, error: unknown): void {
  showToast("jobs-failed", {
    tone: "failed",
    icon: <OctagonX strokeWidth={1.75} aria-hidden="true" />,
    title,
    text: explain(error),
    stays: true,
  });
}

export function tellWarning(title: string, text: string): void {
  showToast(`warning-${text}`, {
    tone: "retrying",
    icon: <TriangleAlert strokeWidth={1.75} aria-hidden="true" />,
    title,
    text,
    stays: true,
  });
}

/** Copies and says so; a browser can refuse. */
export async function copyAndTell(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    showToast("copied", {
      tone: "running",
      icon: <Copy strokeWidth={1.75} aria-hidden="true" />,
      title: `Copied ${what}`,
      stays: false,
    });
  } catch {
    tellFailed("Nothing was copied", new Error("The browser refused."));
  }
}

/** The way back, in a message of what was done. */
export function UndoButton({ onClick }: { onClick: () => void }) {
  return (
    <Button size="sm" icon={<RotateCcw aria-hidden="true" />} onClick={onClick}>
      Undo
    </Button>
  );
}

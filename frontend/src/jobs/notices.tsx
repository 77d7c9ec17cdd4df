// Short messages about what somebody just did to jobs.
import { CircleCheck, Copy, OctagonX, TriangleAlert } from "lucide-react";
import { explain } from "@/api/explain";
import { showToast } from "@/ui/Toasts";

export function tellDone(title: string, text?: string): void {
  showToast("jobs-done", {
    tone: "completed",
    icon: <CircleCheck strokeWidth={1.75} aria-hidden="true" />,
    title,
    ...(text ? { text } : {}),
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

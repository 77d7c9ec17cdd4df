// What of the overview is chosen. It lives in the URL: a reload keeps it, and it can be sent to a colleague.
import { NBSP } from "@/ui/time";

export const WINDOWS = {
  "1h": { label: `1${NBSP}h`, words: "the last hour", seconds: 3_600 },
  "24h": { label: `24${NBSP}h`, words: "the last 24 hours", seconds: 86_400 },
  "7d": { label: `7${NBSP}d`, words: "the last 7 days", seconds: 7 * 86_400 },
} as const;

export type WindowName = keyof typeof WINDOWS;
export type Whose = "mine" | "everyone";

export interface OverviewSearch {
  window?: Exclude<WindowName, "1h">;
  whose?: "everyone";
}

/** What is usual is left out, so that the plain address is the plain overview. */
export function overviewSearch({ window, whose }: Record<string, unknown>): OverviewSearch {
  return {
    ...(window === "24h" || window === "7d" ? { window } : {}),
    ...(whose === "everyone" ? { whose } : {}),
  };
}

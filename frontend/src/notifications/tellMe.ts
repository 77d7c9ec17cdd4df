// What one is told of, in three words. Pure.
import type { Ends, InboxSettings } from "@/api/notifications";

export type Wish = "all" | "failures" | "none";

export const WISHES = [
  { value: "all", label: "All" },
  { value: "failures", label: "Failures only" },
  { value: "none", label: "None" },
] as const satisfies readonly { value: Wish; label: string }[];

/** Null for what was set over the API and has no word here, as cancelled ones alone. */
export function wishOf({ completed, failed, cancelled }: Ends): Wish | null {
  if (completed && failed && cancelled) return "all";
  if (completed || cancelled) return null;
  return failed ? "failures" : "none";
}

export function endsOf(wish: Wish): Ends {
  return { completed: wish === "all", failed: wish !== "none", cancelled: wish === "all" };
}

/** `null` takes a kind's own wish away. */
export function withKind(settings: InboxSettings, kind: string, wish: Wish | null): InboxSettings {
  const { [kind]: _before, ...kinds } = settings.kinds ?? {};
  return { ...settings, kinds: wish === null ? kinds : { ...kinds, [kind]: endsOf(wish) } };
}

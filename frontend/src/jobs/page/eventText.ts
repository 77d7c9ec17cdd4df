// What a timeline's events say: who, and what was changed. Pure.
import type { TimelineEvent } from "@/api/types";
import { exactTime } from "@/ui/time";
import { visible } from "@/ui/visible";

/** 'by you', 'by API key “shop backend”', 'by schedule Invoices'. `me` is the reader's user id. */
export function byWhom({ kind, id, name }: TimelineEvent["actor"], me: string | null): string {
  const said = name ? visible(name) : "";
  switch (kind) {
    case "user":
      return id !== null && id === me ? "by you" : `by ${said || "another user"}`;
    case "api_key":
      return said ? `by API key “${said}”` : "by an API key";
    case "schedule":
      return said ? `by schedule ${said}` : "by a schedule";
    case "worker":
      return said ? `on ${said}` : "by its worker";
    default:
      return "by the server";
  }
}

const FIELD: Record<string, string> = {
  priority: "priority",
  run_at: "time",
  max_attempts: "attempts",
  tags: "tags",
};

/** 'priority medium to high, tags none to billing': what an edit changed. */
export function changesText(detail: TimelineEvent["detail"]): string {
  const parts = Object.entries(detail).flatMap(([field, change]) => {
    if (typeof change !== "object" || change === null || !("to" in change)) return [];
    const { from, to } = change as { from?: unknown; to: unknown };
    return [`${FIELD[field] ?? field} ${valueText(field, from)} to ${valueText(field, to)}`];
  });
  return parts.join(", ");
}

function valueText(field: string, value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "none" : visible(value.join(", "));
  if (field === "run_at" && typeof value === "string") return exactTime(value);
  return visible(String(value ?? "none"));
}

/** The type of the error that a run ended with, as its event tells. */
export function errorType({ detail }: TimelineEvent): string {
  const { error } = detail as { error?: { type?: unknown } };
  return typeof error?.type === "string" ? visible(error.type) : "";
}

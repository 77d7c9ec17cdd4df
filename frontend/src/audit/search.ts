// What the audit trail is narrowed by. It lives in the URL.
import type { AuditAction, AuditFilters } from "@/api/audit";
import { ACTION_GROUPS } from "./auditText";

export const SINCE = {
  "24h": { word: "24 h", seconds: 86_400 },
  "7d": { word: "7 d", seconds: 7 * 86_400 },
  "30d": { word: "30 d", seconds: 30 * 86_400 },
} as const;

export type Since = keyof typeof SINCE;

export interface AuditSearch {
  action?: AuditAction[];
  /** The id of a user or of an API key. */
  actor?: string;
  since?: Since;
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function auditSearch({ action, actor, since }: Record<string, unknown>): AuditSearch {
  const wanted = [action].flat();
  const actions = ACTION_GROUPS.flatMap(({ actions }) => actions).filter((each) => wanted.includes(each));
  return {
    ...(actions.length > 0 ? { action: actions } : {}),
    ...(typeof actor === "string" && ID.test(actor) ? { actor } : {}),
    ...(typeof since === "string" && since in SINCE ? { since: since as Since } : {}),
  };
}

/** As the server takes it. `now` in ms; the whole minute, so that the same view has the same key in the cache. */
export function auditFilters({ action, actor, since }: AuditSearch, now: number): AuditFilters {
  const from = since && Math.floor((now - SINCE[since].seconds * 1_000) / 60_000) * 60_000;
  return {
    ...(action ? { action } : {}),
    ...(actor ? { actor_id: actor } : {}),
    ...(from ? { after: new Date(from).toISOString() } : {}),
  };
}

export function isNarrowed(search: AuditSearch): boolean {
  return Object.keys(search).length > 0;
}

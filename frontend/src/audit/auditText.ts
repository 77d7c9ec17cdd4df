// The audit trail in words. Pure.
import type { AuditAction, AuditLine } from "@/api/audit";
import { count } from "@/ui/time";
import { visible } from "@/ui/visible";

/** All actions, in the groups and with the words of the filter. */
export const ACTION_GROUPS: readonly { word: string; actions: readonly AuditAction[] }[] = [
  {
    word: "Sign-in",
    actions: ["signed_up", "signed_in", "sign_in_failed", "signed_out", "session_revoked", "refresh_reused"],
  },
  {
    word: "Account",
    actions: [
      "password_changed",
      "password_reset_asked",
      "password_reset",
      "email_verified",
      "account_exported",
      "account_deleted",
    ],
  },
  { word: "API keys", actions: ["key_made", "key_deleted"] },
  {
    word: "Administration",
    actions: ["user_invited", "role_changed", "user_disabled", "user_enabled", "weight_changed"],
  },
  { word: "Jobs", actions: ["secret_revealed", "jobs_retried", "jobs_cancelled", "jobs_discarded"] },
];

const WORDS: Record<AuditAction, string> = {
  signed_up: "Signed up",
  signed_in: "Signed in",
  sign_in_failed: "Failed sign-in",
  signed_out: "Signed out",
  session_revoked: "Session ended",
  refresh_reused: "Old sign-in used again",
  password_changed: "Password changed",
  password_reset_asked: "New password asked for",
  password_reset: "Password reset",
  email_verified: "Email confirmed",
  account_exported: "Data exported",
  account_deleted: "Account deleted",
  key_made: "API key made",
  key_deleted: "API key deleted",
  user_invited: "Invited",
  role_changed: "Role changed",
  user_disabled: "User disabled",
  user_enabled: "User enabled",
  weight_changed: "Weight changed",
  secret_revealed: "Secrets looked at",
  jobs_retried: "Jobs retried",
  jobs_cancelled: "Jobs cancelled",
  jobs_discarded: "Jobs discarded",
};

/** 'Signed in'; of a newer release's action its name. */
export function actionWord(action: string): string {
  return action in WORDS ? WORDS[action as AuditAction] : visible(action.replaceAll("_", " "));
}

/** What somebody should look at twice. */
const STRIKING: ReadonlySet<string> = new Set([
  "sign_in_failed",
  "refresh_reused",
  "account_deleted",
  "role_changed",
  "user_disabled",
  "secret_revealed",
]);

export function isStriking({ action }: AuditLine): boolean {
  return STRIKING.has(action);
}

/** 'mara@example.org', 'API key “deploy”', 'An operator, at the command line'. */
export function actorText({ actor }: AuditLine): string {
  switch (actor.kind) {
    case "user":
      return visible(actor.name ?? "A user who is gone");
    case "api_key":
      return `API key “${visible(actor.name ?? "?")}”`;
    case "anonymous":
      return "Somebody who was not signed in";
    case "system":
      return "An operator";
    default:
      return visible(String(actor.kind));
  }
}

/** What the detail says, in a few words: 'from user to admin', '1,204 changed, 3 skipped', 'deploy'. */
export function detailText({ action, detail }: AuditLine): string {
  const said = detail as Readonly<Record<string, unknown>>;
  if (action === "role_changed" || action === "weight_changed") return `from ${said.from} to ${said.to}`;
  const parts = [
    text(said.name),
    text(said.email),
    number(said.changed, "changed"),
    number(said.skipped, "skipped"),
    number(said.sessions_ended, "sessions ended"),
  ];
  return parts.filter(Boolean).join(", ");
}

/** Whom it was done to, where that is another than who did it. */
export function onWhom({ actor, owner_id, owner_name }: AuditLine): string | null {
  if (owner_name === null || (actor.kind === "user" && actor.id === owner_id)) return null;
  return visible(owner_name);
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? visible(value) : null;
}

function number(value: unknown, what: string): string | null {
  return typeof value === "number" && value > 0 ? `${count(value)} ${what}` : null;
}

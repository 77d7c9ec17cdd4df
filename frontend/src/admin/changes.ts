// What an administrator can do with a user, and what is said before it is done.
import type { ManagedUser, UserChange } from "@/api/admin";

export type Change = "promote" | "demote" | "disable" | "enable" | "weight";

interface Asked {
  title: string;
  /** What will happen, most important first. */
  text: readonly string[];
  button: string;
  /** It shuts somebody out: the button is red. */
  isHard: boolean;
  body: UserChange;
}

/** Weight is not asked for like this: it needs a number. */
export function asking(change: Exclude<Change, "weight">, user: ManagedUser): Asked {
  const who = user.email;
  switch (change) {
    case "promote":
      return {
        title: `Make ${who} an administrator?`,
        text: [
          "Administrators see everybody's numbers, all users and the whole audit trail, and can disable users and make more administrators.",
          "The jobs of others stay their owners' own.",
        ],
        button: "Make administrator",
        isHard: false,
        body: { role: "admin" },
      };
    case "demote":
      return {
        title: `Take the administrator's role from ${who}?`,
        text: [
          "They keep their account and their jobs. API keys of theirs with the scope “admin” stop working for it.",
        ],
        button: "Make ordinary user",
        isHard: false,
        body: { role: "user" },
      };
    case "disable":
      return {
        title: `Disable ${who}?`,
        text: [
          "They are signed out everywhere, can't sign in, and their API keys are refused, within a minute on every server.",
          "Their waiting jobs are held: none starts until you enable them again. What runs now runs to its end.",
          "Nothing is deleted.",
        ],
        button: "Disable",
        isHard: true,
        body: { disabled: true },
      };
    case "enable":
      return {
        title: `Enable ${who} again?`,
        text: [
          "They can sign in, and their API keys work again. Their held jobs come back into line, those that are due at once.",
        ],
        button: "Enable",
        isHard: false,
        body: { disabled: false },
      };
  }
}

/** 'ana@example.org is disabled': after it was done. */
export function doneText(change: Change, user: ManagedUser): string {
  switch (change) {
    case "promote":
      return `${user.email} is an administrator`;
    case "demote":
      return `${user.email} is no administrator any more`;
    case "disable":
      return `${user.email} is disabled`;
    case "enable":
      return `${user.email} is enabled`;
    case "weight":
      return `${user.email} has weight ${user.weight}`;
  }
}

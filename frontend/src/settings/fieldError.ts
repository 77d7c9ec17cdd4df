import { ApiError } from "@/api/ApiError";
import { explain } from "@/api/explain";
import { NBSP } from "@/ui/time";

/**
 * What the server says about one of several fields, as a sentence under it. What belongs to none of `pointers` stands
 * under the last one: no error goes untold.
 */
export function fieldErrors<P extends string>(
  error: Error | null,
  pointers: readonly P[],
): Partial<Record<P, string>> {
  if (error === null) return {};
  const last = pointers.at(-1);
  const found: Partial<Record<P, string>> = {};
  if (error instanceof ApiError) {
    for (const pointer of pointers) {
      const message = error.messageFor(pointer);
      if (message) found[pointer] = sentence(message);
    }
  }
  if (Object.keys(found).length === 0 && last) found[last] = said(error);
  return found;
}

function said(error: Error): string {
  if (!(error instanceof ApiError) || error.status !== 429) return explain(error);
  const minutes = Math.ceil((error.retryAfterSeconds ?? 60) / 60);
  return `${error.message.replace(/: wait and try again\.$/, ".")} Try again in ${minutes}${NBSP}min.`;
}

/** The server's 'must have 10 characters' as it stands under a field. */
function sentence(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** The server's 'is not your password', under a field that is named so. */
export function wrongPassword(said: string): string {
  return said === "Is not your password." ? "That is not your password." : said;
}

import { NBSP } from "@/ui/time";
import { ApiError } from "./ApiError";

/** One or two sentences for a person: the fact, then the cause, then the way out. */
export function explain(error: unknown): string {
  if (!(error instanceof ApiError)) return "Something in the page went wrong. A reload may help.";
  if (error.status === 0) return `${error.message} Running jobs carry on, and submitted ones are safe.`;
  if (error.status >= 500) {
    const again = error.retryAfterSeconds === null ? "" : `, try again in ${error.retryAfterSeconds}${NBSP}s`;
    return `The server says: ${lowerFirst(error.message.replace(/\.$/, ""))}${again}. Running jobs carry on, and submitted ones are safe.`;
  }
  return error.message;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

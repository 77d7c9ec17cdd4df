// Whether a retry is likely to help, as far as an error tells. Nothing is said where nothing is known.
import type { ErrorGroup } from "@/api/types";

export interface Hint {
  text: string;
  /** Somebody has something to do before a retry makes sense. */
  first: boolean;
}

export function hintOf({ type, message }: Pick<ErrorGroup, "type" | "message">): Hint | null {
  if (type === "poison") {
    return { text: "It took its worker down each time: look at what it does before you retry.", first: true };
  }
  if (type === "address_not_allowed") {
    return {
      text: "A retry will not help before the address changes, or an operator allows it.",
      first: true,
    };
  }
  const status = /\b([45]\d\d)\b/.exec(`${type} ${message}`)?.[1];
  if (status && /http|status|answer/i.test(`${type} ${message}`)) {
    if (status.startsWith("5") || ["408", "425", "429"].includes(status)) {
      return { text: "The other side was at fault: a retry may help once it is well.", first: false };
    }
    return { text: "A retry will not help before what is asked for changes.", first: true };
  }
  if (/time.?out|connect|network|unreachable|refused|reset/i.test(type)) {
    return { text: "It could not be reached: a retry may help now.", first: false };
  }
  return null;
}

/** Letters that are not seen, and those that turn the letters around them: `abc\u202efdp.exe` reads as another name. */
const UNSEEN = /[\p{Cc}\p{Bidi_Control}\u200b\u2028\u2029\ufeff]/gu;

/** Somebody's text as it may stand among ours: what is not seen is written out. Lines and tabs stay. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (letter) =>
    letter === "\n" || letter === "\t" ? letter : `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

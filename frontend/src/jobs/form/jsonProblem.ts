/** Why a text is no JSON, with line and column as an editor counts them. */
export function jsonProblem(error: unknown, text: string): string {
  if (!(error instanceof SyntaxError)) return "Is nested too deeply.";
  const [, said = error.message, position] = /^(.*?),? at position (\d+)$/.exec(error.message) ?? [];
  const reason = said
    .replace(" but got '", ", not '")
    .replace(" but reached end of input", ", but the text ends")
    .replace(/^Duplicate key '(.*)' encountered$/, "'$1' is there twice");
  if (position === undefined) return `${reason}.`;
  const before = text.slice(0, Number(position)).split("\n");
  return `Line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}: ${reason}.`;
}

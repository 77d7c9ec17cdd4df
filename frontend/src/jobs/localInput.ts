// Times as a datetime-local input has them: '2026-11-24T15:00', in the reader's own time zone.

export function localInput(at: string | number | undefined): string {
  if (at === undefined) return "";
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) return "";
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** RFC 3339; undefined where the input is empty or no time. */
export function timeOfInput(text: string): string | undefined {
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

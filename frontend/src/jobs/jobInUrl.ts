/** The id of the job whose page is open, or null. */
export function jobInUrl(): string | null {
  return /\/jobs\/([0-9a-f-]{36})$/.exec(location.pathname)?.[1] ?? null;
}

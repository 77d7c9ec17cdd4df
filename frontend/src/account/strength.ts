const LEAST = 10;
const MOST_BYTES = 72;

export interface Strength {
  /** 0 (nothing typed or refused) to 4. */
  score: 0 | 1 | 2 | 3 | 4;
  hint: string;
}

/**
 * A hint while one types, by length and variety; the server's rule is the one that counts, and it also knows the
 * 10,000 commonest passwords.
 */
export function passwordStrength(password: string, email: string): Strength {
  const length = [...password].length;
  if (length === 0) return { score: 0, hint: `${LEAST} characters at least. A few plain words do well.` };
  if (new TextEncoder().encode(password).length > MOST_BYTES) {
    return { score: 0, hint: `Too long: ${MOST_BYTES} bytes at most.` };
  }
  if (length < LEAST) return { score: 1, hint: `${LEAST - length} more to go. ${LEAST} at least.` };
  if (email !== "" && password.toLowerCase() === email.trim().toLowerCase()) {
    return { score: 1, hint: "It must not be your email." };
  }
  const variety = new Set(password.toLowerCase()).size;
  if (variety < 5) return { score: 1, hint: `Weak: ${length} characters, but mostly the same ones.` };
  if (length < 13 || variety < 8)
    return { score: 2, hint: `Fair: ${length} characters. Longer is stronger.` };
  if (length < 18) return { score: 3, hint: `Good: ${length} characters.` };
  return { score: 4, hint: `Strong: ${length} characters.` };
}

// The address that was typed at one door and is wanted at the next: sign-in, sign-up, forgotten password. In memory alone,
// since it is nobody's business after the tab is closed.
let typed = "";

export function typedEmail(): string {
  return typed;
}

export function rememberEmail(email: string): void {
  typed = email;
}

// Light, dark, or as the system is. public/theme.js sets the first paint; this follows from there.
import { useSyncExternalStore } from "react";

export type ThemeChoice = "light" | "dark" | "system";

const KEY = "jobyard.theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();
let choice: ThemeChoice = stored();

system.addEventListener("change", apply);
// Another tab changed it.
addEventListener("storage", (event) => {
  if (event.key !== KEY) return;
  choice = stored();
  apply();
});

export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => choice,
  );
}

export function chooseTheme(next: ThemeChoice): void {
  choice = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // Forbidden storage: it holds until the reload.
  }
  apply();
}

/** For the `t` key: whatever is on screen now, the other one. */
export function flipTheme(): void {
  chooseTheme(isDark() ? "light" : "dark");
}

/** What is on screen: a choice, or what the system prefers. */
export function useShownTheme(): "light" | "dark" {
  useThemeChoice();
  return isDark() ? "dark" : "light";
}

function isDark(): boolean {
  return choice === "dark" || (choice === "system" && system.matches);
}

function apply(): void {
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
  for (const listener of listeners) listener();
}

function stored(): ThemeChoice {
  try {
    const value = localStorage.getItem(KEY);
    return value === "light" || value === "dark" ? value : "system";
  } catch {
    return "system";
  }
}

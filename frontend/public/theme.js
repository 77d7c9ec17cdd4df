// Runs before the first paint, so that a dark page never flashes light. src/ui/theme.ts owns the rest.
(() => {
  let choice = null;
  try {
    choice = localStorage.getItem("jobyard.theme");
  } catch {
    // Storage can be forbidden: follow the system then.
  }
  const dark =
    choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();

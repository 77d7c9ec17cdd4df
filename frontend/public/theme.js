// Runs before the first paint, so that a dark page never flashes light (src/ui/theme.ts owns the rest), and that the
// empty yard stands there at once for who is probably signed in (src/api/session.ts owns the hint).
(() => {
  let choice = null;
  let inside = false;
  try {
    choice = localStorage.getItem("jobyard.theme");
    inside = localStorage.getItem("jobyard.signed-in") !== null;
  } catch {
    // Storage can be forbidden: follow the system then.
  }
  const dark =
    choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  if (inside) document.documentElement.dataset.yard = "";
})();

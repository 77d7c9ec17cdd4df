// A screen as it is looked at: by axe, which fails the test, and by a person, from a picture under screens/.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, type Page, test } from "@playwright/test";
import type { AxeResults } from "axe-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SCREENS = new URL("screens/", import.meta.url).pathname;

export type Theme = "light" | "dark";
export const THEMES: readonly Theme[] = ["light", "dark"];

/** Chooses the theme as the system does, and asks for no motion: a fading icon would be measured half faded. */
export async function showIn(page: Page, theme: Theme): Promise<void> {
  await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
}

/** Takes a picture, and looks for what keeps people out. Goes on after a violation, so that a run tells all of them. */
export async function look(page: Page, theme: Theme, name: string): Promise<void> {
  await test.step(`look at ${name}`, async () => {
    await expect(page.locator("html")).toHaveAttribute("data-theme", theme);
    await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
    await page.evaluate(() => document.fonts.ready);
    const size = test.info().project.name.replace("-core", "");
    await page.screenshot({ path: `${SCREENS}${size}-${theme}-${name}.png`, animations: "disabled" });
    expect.soft(await violations(page), `${name}, ${theme}`).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect.soft(overflow, `${name}, ${theme}: pixels that the page is too wide`).toBeLessThanOrEqual(0);
  });
}

async function violations(page: Page): Promise<string[]> {
  // Evaluated by the browser's debugger: the page's own policy lets no such script in.
  await page.evaluate(AXE);
  // A menu is no landmark and lies in none: it is reached from its button alone, and shuts when it is left.
  const menuIsOpen = (await page.getByRole("menu").count()) > 0;
  const options = { resultTypes: ["violations"], rules: { region: { enabled: !menuIsOpen } } };
  const results = await page.evaluate(
    (options) =>
      (window as unknown as { axe: { run: (options: object) => Promise<AxeResults> } }).axe.run(options),
    options,
  );
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ target, failureSummary }) => `${id} (${help}): ${target.join(" ")}: ${failureSummary ?? ""}`,
    ),
  );
}

import type { Page } from "@playwright/test";
import { expect, test } from "../test.ts";
import { expectState, live, openAccountMenu, row, toast } from "../yard.ts";

/** What moves at this moment. */
const moving = (page: Page) =>
  page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === "running").length);

test("who asked for no motion has none, and still sees what runs, what ends, and what opens and shuts", async ({
  page,
  person,
  target,
}) => {
  await page.emulateMedia({ reducedMotion: "no-preference" });
  const { id } = await person.submit({ kind: "http.request", payload: { url: target.url("/held/still") } });
  await page.goto("jobs");
  await live(page);
  await expectState(row(page, id), "running");
  // Its ring turns as long as it runs: it tells no progress.
  await expect.poll(() => moving(page)).toBeGreaterThan(0);

  await page.emulateMedia({ reducedMotion: "reduce" });
  await expect.poll(() => moving(page)).toBe(0);
  await expectState(row(page, id), "running");
  await openAccountMenu(page);
  await expect(page.getByRole("menuitem", { name: "Sign out" })).toBeVisible();
  await expect.poll(() => moving(page)).toBe(0);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("menu")).toHaveCount(0);

  // Its line does not run down, and it goes all the same.
  target.release("/held/still");
  await expectState(row(page, id), "completed");
  const message = toast(page, "http.request finished");
  await expect(message).toBeVisible();
  const lines = message.evaluate((element) =>
    element
      .getAnimations({ subtree: true })
      .filter((animation) => animation instanceof CSSAnimation && animation.animationName === "run-down"),
  );
  expect(await lines).toEqual([]);
  await expect(message).toHaveCount(0);
});

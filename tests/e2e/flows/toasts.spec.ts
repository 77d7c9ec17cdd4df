// Messages come when they come: they must lie over nothing that somebody is about to press.
import type { Locator, Page } from "@playwright/test";
import { look, showIn, THEMES } from "../look.ts";
import type { Person } from "../person.ts";
import { expect, test } from "../test.ts";
import { expectState, go, jobHead, live, pickKind, row, toast } from "../yard.ts";

const LATER = { kind: "demo.echo", payload: { value: 1 }, delay_seconds: 3600 };

/** Has a message on screen that stays until it is closed. */
async function tellFailure(page: Page, person: Person): Promise<Locator> {
  await live(page);
  await person.submit({ kind: "demo.fail", payload: { times: 1, retryable: false } });
  const told = toast(page, "demo.fail failed");
  await expect(told).toBeVisible();
  return told;
}

/** A finger's tap where there are fingers: fails when something else would take it. */
function press(button: Locator, isMobile: boolean): Promise<void> {
  return isMobile ? button.tap() : button.click();
}

test("picked rows are acted on below a message, and a question above it", async ({
  page,
  person,
  isMobile,
}) => {
  // Where there is no room for both beside each other.
  if (!isMobile) await page.setViewportSize({ width: 900, height: 700 });
  const ids = await person.submitAll([LATER, LATER]);
  await page.goto("jobs");
  if (isMobile) await press(page.getByRole("button", { name: "Select" }), isMobile);
  for (const id of ids) await press(row(page, id).getByRole("checkbox"), isMobile);
  const told = await tellFailure(page, person);
  const bar = page.getByRole("toolbar");
  await press(bar.getByRole("button", { name: /^Cancel 2/ }), isMobile);
  for (const id of ids) await expectState(row(page, id), "cancelled");
  await press(bar.getByRole("button", { name: /^Discard 2/ }), isMobile);
  // So low that the dialog reaches down to the messages.
  await page.setViewportSize({ width: page.viewportSize()?.width ?? 0, height: 400 });
  const dialog = page.getByRole("dialog", { name: "Discard 2 jobs?" });
  await press(dialog.getByRole("button", { name: "Discard 2 jobs" }), isMobile);
  for (const id of ids) await expect(row(page, id)).toHaveCount(0);
  await expect(told).toBeVisible();
});

test("a job's actions, Submit and the tabs are reached below a message", async ({
  page,
  person,
  isMobile,
}) => {
  test.skip(!isMobile, "A desktop has no bars there.");
  const { id } = await person.submit(LATER);
  await page.goto("jobs");
  const told = await tellFailure(page, person);
  await press(row(page, id).getByRole("link"), isMobile);
  await press(page.getByRole("button", { name: "Cancel" }).filter({ visible: true }), isMobile);
  await expectState(jobHead(page), "cancelled");

  await expect(told).toBeVisible();
  await press(
    page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "New job" }),
    isMobile,
  );
  await pickKind(page, "demo.echo");
  await page.getByLabel(/^value/).fill('"hello"');
  await expect(told).toBeVisible();
  await press(page.getByRole("button", { name: "Submit job" }).filter({ visible: true }), isMobile);
  await expectState(jobHead(page), "completed");

  await expect(told).toBeVisible();
  await go(page, "Overview");
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  await expect(told).toBeVisible();
});

test("a success that a finger touched goes all the same", async ({ page, person, isMobile }) => {
  test.skip(!isMobile, "A mouse that rests on it keeps it.");
  await page.clock.install();
  await page.goto("jobs");
  await live(page);
  await person.submit({ kind: "demo.echo", payload: { value: 1 } });
  const told = toast(page, "demo.echo finished");
  await told.getByRole("status").tap({ position: { x: 20, y: 20 } });
  await page.clock.fastForward(20_000);
  await expect(told).toHaveCount(0);
});

for (const theme of THEMES) {
  test(`a message beside picked rows, ${theme}`, async ({ page, person, isMobile }) => {
    await showIn(page, theme);
    const ids = await person.submitAll([LATER, LATER, LATER]);
    await page.goto("jobs");
    if (isMobile) await page.getByRole("button", { name: "Select" }).click();
    for (const id of ids) await row(page, id).getByRole("checkbox").click();
    await tellFailure(page, person);
    await look(page, theme, "jobs-picked-toast");
  });
}

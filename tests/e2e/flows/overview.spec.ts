import type { Page } from "@playwright/test";
import { look, showIn, THEMES } from "../look.ts";
import type { Person } from "../person.ts";
import { makeAdmin } from "../stack/operator.ts";
import { expect, test } from "../test.ts";
import { live, toast } from "../yard.ts";

/** Ends are counted within some 10 s, and the page asks that often: on a slow machine both take longer. */
const COUNTED_MS = 60_000;

const LEDGER = { times: 1, retryable: false, message: "The ledger of March is closed." };

/** Three that failed the same way and one that did otherwise, and some that went well. */
async function someFail(person: Person): Promise<void> {
  const failing = await person.submitAll([
    ...Array.from({ length: 3 }, () => ({ kind: "demo.fail", payload: LEDGER, tags: ["billing"] })),
    { kind: "demo.fail", payload: { ...LEDGER, message: "No such template" } },
  ]);
  const going = await person.submitAll(
    Array.from({ length: 5 }, (_, value) => ({ kind: "demo.echo", payload: { value } })),
  );
  for (const id of failing) await person.until(id, "failed");
  for (const id of going) await person.until(id, "completed");
}

const chart = (page: Page) => page.getByRole("slider", { name: "Finished per minute" });

test("tells what failed the same way, and runs all of it again by one click", async ({ page, person }) => {
  await someFail(person);
  await page.goto("");
  await live(page);
  await expect(page.getByText("3 demo.fail jobs failed the same way.")).toBeVisible();
  await expect(page.getByText("demo.fail failed.", { exact: true })).toBeVisible();

  await page.getByRole("button", { name: "Retry 3" }).click();
  await expect(toast(page, "Retried 3 jobs")).toBeVisible();
  await expect(page.getByText("3 demo.fail jobs failed the same way.")).toHaveCount(0);
  await page.getByRole("button", { name: "Retry", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Needs you" })).toHaveCount(0);
});

test("shows what ended as a chart, which keys and the pointer can ask, and as a table", async ({
  page,
  person,
}) => {
  await someFail(person);
  await page.goto("");
  await expect(chart(page)).toBeVisible({ timeout: COUNTED_MS });
  await expect(page.getByText("Completed 5")).toBeVisible({ timeout: COUNTED_MS });
  await expect(page.getByText("Failed 4")).toBeVisible({ timeout: COUNTED_MS });

  await chart(page).focus();
  await page.keyboard.press("Home");
  await expect(chart(page)).toHaveAttribute("aria-valuenow", "0");
  await expect(chart(page)).toHaveAttribute(
    "aria-valuetext",
    /^\d\d:\d\d to \d\d:\d\d: Completed 0, Failed 0$/,
  );
  await page.keyboard.press("ArrowRight");
  await expect(chart(page)).toHaveAttribute("aria-valuenow", "1");
  await page.keyboard.press("Escape");

  const height = (await chart(page).boundingBox())?.height;
  expect(height).toBe(190);
  await page.getByRole("button", { name: "Finished per minute: show as a table" }).click();
  const rows = page.getByRole("region", { name: "Finished per minute, table" }).getByRole("row");
  await expect(rows.first()).toContainText("Completed");
  await expect(rows.nth(1)).toContainText(/\d\d:\d\d to \d\d:\d\d/);
});

test("what was chosen is in the address and stays over a reload; keeping up is said in words", async ({
  page,
  person,
}) => {
  const { id } = await person.submit({ kind: "demo.echo", payload: { value: 1 } });
  await person.until(id, "completed");
  await page.goto("");
  const window = page.getByRole("group", { name: "How far back" });
  await window.getByRole("button", { name: /^7.d$/ }).click();
  await expect(page).toHaveURL(/window=7d/);
  await page.reload();
  await expect(window.getByRole("button", { name: /^7.d$/ })).toHaveAttribute("aria-pressed", "true");
  await expect(page.getByRole("region", { name: "Is it keeping up?" })).toContainText("Keeping up.");
  await expect(page.getByRole("group", { name: "Whose jobs" })).toHaveCount(0);
});

test("an administrator sees the whole yard as well", async ({ page, person, stranger }) => {
  await makeAdmin(person.email);
  const { id } = await stranger.submit({ kind: "demo.echo", payload: { value: 1 } });
  await stranger.until(id, "completed");
  await page.goto("");
  await page
    .getByRole("group", { name: "Whose jobs" })
    .getByRole("button", { name: /All|Everyone's/ })
    .click();
  await expect(page).toHaveURL(/whose=everyone/);
  await expect(page.getByRole("region", { name: "Everybody's jobs by state" })).toContainText("slots");
  await expect(page.getByRole("heading", { name: "Workers" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Lines" })).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: "default" })).toContainText("waiting");
  for (const theme of THEMES) {
    await showIn(page, theme);
    await look(page, theme, "overview-everyone");
  }
});

for (const theme of THEMES) {
  test(`the overview in ${theme}`, async ({ page, person }) => {
    await someFail(person);
    await person.submit({ kind: "demo.echo", payload: { value: 1 }, delay_seconds: 3_600 });
    await showIn(page, theme);
    await page.goto("");
    await live(page);
    await expect(page.getByText("3 demo.fail jobs failed the same way.")).toBeVisible();
    await expect(page.getByText("Completed 5")).toBeVisible({ timeout: COUNTED_MS });
    await look(page, theme, "overview-failing");
    await page.getByRole("button", { name: "Finished per minute: show as a table" }).click();
    await look(page, theme, "overview-table");
  });
}

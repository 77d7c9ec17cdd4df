import { look, showIn, THEMES } from "../look.ts";
import { expect, test } from "../test.ts";
import { expectState, live, row, toast } from "../yard.ts";

const LATER = { kind: "demo.echo", payload: { value: 1 }, delay_seconds: 3600 };

test("jobs are found by a text, and the search is in the address", async ({ page, person }) => {
  const [tagged = "", other = ""] = await person.submitAll([{ ...LATER, tags: ["Month-End"] }, LATER]);
  await page.goto("jobs");
  await expectState(row(page, other), "scheduled");
  await page.getByRole("searchbox", { name: "Search jobs" }).fill("month");
  await expect(page).toHaveURL(/\?q=month$/);
  await expectState(row(page, tagged), "scheduled");
  await expect(row(page, other)).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("searchbox", { name: "Search jobs" })).toHaveValue("month");
  await expect(row(page, tagged)).toBeVisible();
  await page.getByRole("button", { name: "Clear", exact: true }).click();
  await expect(row(page, other)).toBeVisible();
});

test("rows are as high as one chose, in the table and in the settings, and stay so", {
  tag: "@desktop",
}, async ({ page, person }) => {
  const ids = await person.submitAll([LATER, LATER, LATER]);
  const heights = () =>
    page
      .locator('[role="row"][data-job]')
      .evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect().height));
  const tops = () =>
    page
      .locator('[role="row"][data-job]')
      .evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect().top).sort((a, b) => a - b));
  await page.goto("jobs");
  await expectState(row(page, ids[0] ?? ""), "scheduled");
  await expect.poll(heights).toEqual([36, 36, 36]);
  await page.getByRole("button", { name: "Rows: comfortable" }).click();
  await expect.poll(heights).toEqual([28, 28, 28]);
  // One right below the other: the virtual list knows of it too.
  const [first = 0, second = 0, third = 0] = await tops();
  expect([second - first, third - second]).toEqual([28, 28]);
  await page.reload();
  await expect.poll(heights).toEqual([28, 28, 28]);

  await page.goto("settings/appearance");
  const rows = page.getByRole("group", { name: /rows/i });
  await expect(rows.getByRole("button", { name: "Compact" })).toHaveAttribute("aria-pressed", "true");
  await rows.getByRole("button", { name: "Comfortable" }).click();
  await page.goto("jobs");
  await expect.poll(heights).toEqual([36, 36, 36]);
});

test("the order is chosen, by keyboard too, and is in the address", async ({ page, person }) => {
  const ids = await person.submitAll([1, 2, 3].map((hours) => ({ ...LATER, delay_seconds: hours * 3600 })));
  const { id: done } = await person.submit({ kind: "demo.echo", payload: { value: 1 } });
  await person.until(done, "completed");
  const [soonest = "", , last = ""] = ids;
  const shown = () =>
    page.locator('[role="row"][data-job]').evaluateAll((rows) => rows.map((row) => row.dataset.job));
  await page.goto("jobs");
  await expect.poll(shown).toEqual([done, ...ids.toReversed()]);

  await page.getByRole("button", { name: "Order: Newest first" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitemradio", { name: "Newest first" })).toHaveAttribute(
    "aria-checked",
    "true",
  );
  await page.keyboard.press("o");
  await expect(page.getByRole("menuitemradio", { name: "Oldest first" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\?order=oldest$/);
  await expect.poll(shown).toEqual([...ids, done]);

  await person.post(`/jobs/${soonest}/cancel`);
  await page.getByRole("button", { name: "Order: Oldest first" }).click();
  await page.getByRole("menuitemradio", { name: "Next to run" }).click();
  await expect.poll(shown).toEqual([ids[1], last]);
  await page.reload();
  await expect.poll(shown).toEqual([ids[1], last]);
});

test("a filter by time is kept as a view, and opened again", async ({ page, person }) => {
  const { id } = await person.submit(LATER);
  await page.goto("jobs");
  await expect(row(page, id)).toBeVisible();
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await page.getByRole("dialog").getByLabel("In the last 24 h").check();
  await expect(page).toHaveURL(/\?since=24h$/);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByLabel("Keep these filters as").fill("Today");
  await page.getByRole("button", { name: "Save" }).click();
  await page.keyboard.press("Escape");
  await page.goto("jobs?state=failed");
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Today", exact: true }).click();
  await expect(page).toHaveURL(/\?since=24h$/);
  await expect(row(page, id)).toBeVisible();
});

test("all that match are taken, counted before anything is done, and cancelled by the server's operation", async ({
  page,
  person,
  isMobile,
}) => {
  test.setTimeout(300_000);
  // More than a call waits for: the server goes on by itself, and the page follows it.
  for (let batch = 0; batch < 2; batch += 1) {
    await person.submitAll(Array.from({ length: 600 }, () => ({ ...LATER, tags: ["sweep"] })));
  }
  const other = await person.submit(LATER);
  await page.goto("jobs?tag=sweep");
  await live(page);
  const rows = page.locator('[role="row"][data-job]');
  await expect(rows.first()).toBeVisible();
  if (isMobile) await page.getByRole("button", { name: "Select" }).click();
  await rows.first().getByRole("checkbox").click();
  await page.getByRole("button", { name: "Select all 1,200" }).click();
  await page
    .getByRole("toolbar")
    .getByRole("button", { name: /^Cancel 1,200/ })
    .click();
  const dialog = page.getByRole("dialog", { name: "Cancel 1,200 jobs?" });
  await expect(dialog.getByText("Scheduled")).toBeVisible();
  await dialog.getByRole("button", { name: "Cancel 1,200 jobs" }).click();
  await expect(toast(page, "Cancelled 1,200 jobs")).toBeVisible({ timeout: 120_000 });
  await expectState(rows.first(), "cancelled");
  await person.until(other.id, "scheduled");
});

test("picked jobs are cancelled, and discarded after a question", async ({ page, person, isMobile }) => {
  const ids = await person.submitAll([LATER, LATER]);
  const [first = "", second = ""] = ids;
  await page.goto("jobs");
  if (isMobile) await page.getByRole("button", { name: "Select" }).click();
  await row(page, first).getByRole("checkbox").click();
  await row(page, second).getByRole("checkbox").click();
  const bar = page.getByRole("toolbar");
  await bar.getByRole("button", { name: /^Cancel 2/ }).click();
  for (const id of ids) await expectState(row(page, id), "cancelled");
  await bar.getByRole("button", { name: /^Discard 2/ }).click();
  const dialog = page.getByRole("dialog", { name: "Discard 2 jobs?" });
  await dialog.getByRole("button", { name: "Discard 2 jobs" }).click();
  await expect(row(page, first)).toHaveCount(0);
  await expect.poll(async () => (await person.get(`/jobs/${first}`)).status()).toBe(404);
});

for (const theme of THEMES) {
  test(`how the table looks in use, ${theme}`, async ({ page, person, isMobile }) => {
    await showIn(page, theme);
    const [first = "", second = ""] = await person.submitAll([
      { ...LATER, tags: ["month-end", "invoice\u202efdp.exe"] },
      { ...LATER, kind: "demo.sleep", payload: { seconds: 1 }, priority: "high" },
    ]);
    await person.post(`/jobs/${first}/cancel`);
    await page.goto("jobs?since=24h&q=demo");
    await expectState(row(page, first), "cancelled");
    await look(page, theme, "jobs-searched");
    if (isMobile) await page.getByRole("button", { name: "Select" }).click();
    await row(page, first).getByRole("checkbox").click();
    await look(page, theme, "jobs-one-picked");
    await row(page, second).getByRole("checkbox").click();
    await page
      .getByRole("toolbar")
      .getByRole("button", { name: /^Discard/ })
      .click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await look(page, theme, "jobs-discard");
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await page.getByRole("button", { name: "Clear the selection" }).click();
    await page.getByRole("button", { name: "Views" }).click();
    await expect(page.getByLabel("Keep these filters as")).toBeVisible();
    await look(page, theme, "jobs-views");
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await page.getByRole("button", { name: "Filter", exact: true }).click();
    await expect(page.getByRole("dialog").getByText("Submitted")).toBeVisible();
    await look(page, theme, "jobs-filters");
  });
}

import type { Page } from "@playwright/test";
import { look, showIn, THEMES } from "../look.ts";
import type { Person } from "../person.ts";
import { expect, test } from "../test.ts";
import { live } from "../yard.ts";

const ECHO = { kind: "demo.echo", payload: { value: "hello" } };
const FAIL = { kind: "demo.fail", payload: { times: 9, message: "the switch is stuck", retryable: false } };

test("the bell counts what ended, the inbox tells it, and reading clears it", async ({ page, person }) => {
  await page.goto("");
  await live(page);
  const { id: echo } = await person.submit(ECHO);
  const { id: fail } = await person.submit(FAIL);
  const bell = page.getByRole("link", { name: /^(Notifications|Inbox)/ }).filter({ visible: true });
  await expect(bell).toHaveAccessibleName(/2 unread/);

  await bell.click();
  await expect(page.getByRole("heading", { name: "Notifications" })).toBeVisible();
  const entry = (name: string) => page.getByRole("main").getByRole("listitem").filter({ hasText: name });
  await expect(entry("demo.fail failed")).toContainText("the switch is stuck");
  await expect(entry("demo.echo completed").getByText("Unread")).toBeAttached();

  // A look at the job's page is reading.
  await page.getByRole("link", { name: "demo.echo completed" }).click();
  await expect(page).toHaveURL(new RegExp(`/jobs/${echo}$`));
  await expect(bell).toHaveAccessibleName(/1 unread/);
  await page.goBack();
  await expect(entry("demo.echo completed").getByText("Unread")).toHaveCount(0);

  await entry("demo.fail failed").getByRole("button", { name: "Retry" }).click();
  await expect(entry("demo.fail failed").first()).toContainText("Retried.");
  await person.until(fail, "failed");

  // What comes while one reads waits above the list.
  const fresh = page.getByRole("button", { name: /^\d+ new$/ });
  await expect(fresh).toBeVisible();
  await fresh.click();
  await expect(fresh).toHaveCount(0);
  await expect(page.getByText("2 demo.fail failed with one error")).toBeVisible();

  await markAllRead(page);
  await expect(page.getByRole("button", { name: "Mark all read" })).toBeDisabled();
  await expect(bell).not.toHaveAccessibleName(/unread/);
  await page.reload();
  await expect(page.getByText("2 demo.fail failed with one error")).toBeVisible();
  await expect(bell).not.toHaveAccessibleName(/unread/);
});

test("who marks all as read and leaves at once has done so", async ({ page, person }) => {
  await endSome(person);
  const unread = async () => {
    const answer = await person.get("/notifications?unread=true");
    return ((await answer.json()) as { unread: number }).unread;
  };
  expect(await unread()).toBeGreaterThan(0);
  await page.goto("notifications");
  const button = page.getByRole("button", { name: "Mark all read" });
  await expect(button).toBeEnabled();
  // In one go, as a hand on the mouse and the other on the keyboard would at their quickest.
  await button.evaluate((element: HTMLElement) => {
    element.click();
    location.assign("about:blank");
  });
  await expect.poll(unread).toBe(0);
});

test("what one does not want to be told of does not come", async ({ page, person }) => {
  await page.goto("settings/notifications");
  const submitted = page.getByRole("group", { name: "Jobs that you submit on this page" });
  const saved = page.waitForResponse((response) => response.request().method() === "PUT" && response.ok());
  await submitted.getByRole("button", { name: "Failures only" }).click();
  await saved;
  const { id } = await person.submit(ECHO);
  await person.until(id, "completed");
  const failed = await person.submit(FAIL);
  await person.until(failed.id, "failed");
  await page.goto("notifications");
  await expect(
    page.getByRole("main").getByRole("listitem").filter({ hasText: "demo.fail failed" }),
  ).toBeVisible();
  await expect(page.getByRole("main").getByText("demo.echo")).toHaveCount(0);
  await page.reload();
  await page.goto("settings/notifications");
  await expect(submitted.getByRole("button", { name: "Failures only" })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
});

test("another person's ends are not told", async ({ page, person, stranger }) => {
  await page.goto("notifications");
  await live(page);
  const theirs = await stranger.submit(ECHO);
  await stranger.until(theirs.id, "completed");
  const mine = await person.submit(FAIL);
  await person.until(mine.id, "failed");
  await expect(
    page.getByRole("main").getByRole("listitem").filter({ hasText: "demo.fail failed" }),
  ).toBeVisible();
  await expect(page.getByRole("main").getByText("demo.echo")).toHaveCount(0);
});

test.describe("by keyboard", { tag: "@desktop" }, () => {
  test("one goes there, through it, and marks", async ({ page, person }) => {
    await endSome(person);
    await page.goto("");
    await live(page);
    await page.keyboard.press("g");
    await page.keyboard.press("n");
    await expect(page.getByRole("heading", { name: "Notifications" })).toBeVisible();
    const links = page.locator("a[data-notice]");
    await expect(links.first()).toBeVisible();
    await page.keyboard.press("j");
    await expect(links.nth(0)).toBeFocused();
    await page.keyboard.press("j");
    await expect(links.nth(1)).toBeFocused();
    await page.keyboard.press("k");
    await page.keyboard.press("Shift+M");
    await expect(page.getByRole("button", { name: "Mark all read" })).toBeDisabled();
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/jobs/);
  });
});

for (const theme of THEMES) {
  test(`the inbox, ${theme}`, async ({ page, person }) => {
    await showIn(page, theme);
    await page.goto("notifications");
    await expect(page.getByRole("heading", { name: "Nothing has ended yet" })).toBeVisible();
    await look(page, theme, "notifications-empty");
    await endSome(person);
    await page.reload();
    await expect(page.getByRole("main").getByRole("listitem").first()).toBeVisible();
    await expect(page.getByRole("main").getByText("5 jobs completed")).toBeVisible();
    await look(page, theme, "notifications");
    await page.getByRole("button", { name: "Show each" }).first().click();
    await look(page, theme, "notifications-open");
    await page.getByRole("link", { name: /^Unread/ }).click();
    await markAllRead(page);
    await page.reload();
    await expect(page.getByRole("heading", { name: "Nothing is unread" })).toBeVisible();
    await look(page, theme, "notifications-none-unread");
  });
}

/** Until the server has it: the page shows it before that. */
async function markAllRead(page: Page): Promise<void> {
  const marked = page.waitForResponse(
    (response) => response.url().endsWith("/notifications/read") && response.ok(),
  );
  await page.getByRole("button", { name: "Mark all read" }).click();
  await marked;
}

/** Five that complete in a row, then two that fail alike, then one that is cancelled. */
async function endSome(person: Person): Promise<void> {
  for (const id of await person.submitAll([ECHO, ECHO, ECHO, ECHO, ECHO]))
    await person.until(id, "completed");
  for (const id of await person.submitAll([FAIL, FAIL])) await person.until(id, "failed");
  const { id } = await person.submit({ ...ECHO, delay_seconds: 3_600 });
  await person.post(`/jobs/${id}/cancel`);
  await expect
    .poll(async () => ((await (await person.get("/notifications")).json()) as { unread: number }).unread)
    .toBe(8);
}

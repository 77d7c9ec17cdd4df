import { look, showIn, THEMES } from "../look.ts";
import { makeAdmin } from "../stack/operator.ts";
import { expect, test } from "../test.ts";

test("one's own activity: what was done, from where, narrowed by action", async ({ page, person }) => {
  const made = await person.post("/api-keys", { name: "deploy", scopes: ["jobs:read"] });
  expect(made.status()).toBe(201);
  await page.goto("activity");
  const lines = page.getByRole("list", { name: "What was done" }).getByRole("listitem");
  await expect(lines.first()).toContainText("API key made");
  await expect(lines.first()).toContainText("deploy");
  await expect(lines.last()).toContainText("Signed up");

  await lines.first().click();
  await expect(lines.first()).toContainText("From");
  await expect(lines.first()).toContainText("api key");

  await page.getByRole("button", { name: "Action" }).click();
  await page.getByRole("checkbox", { name: "Signed up" }).check();
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/action=signed_up/);
  await expect(lines).toHaveCount(1);
  await page.getByRole("button", { name: "Action" }).click();
  await page.getByRole("checkbox", { name: "Signed up" }).uncheck();
  await page.getByRole("checkbox", { name: "User disabled" }).check();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(lines.last()).toContainText("Signed up");
});

test("an administrator reads everybody's, and follows one actor", async ({ page, person, stranger }) => {
  await makeAdmin(person.email);
  await page.goto("admin/audit?action=signed_up");
  const lines = page.getByRole("list", { name: "What was done" }).getByRole("listitem");
  const theirs = lines.filter({ hasText: stranger.email });
  await expect(theirs).toHaveCount(1);
  await theirs.click();
  await theirs.getByRole("button", { name: "Only by this user" }).click();
  await expect(page).toHaveURL(/actor=/);
  await expect(lines).toHaveCount(1);
  const chip = page.getByRole("button", { name: `By ${stranger.email}` });
  await expect(chip).toBeVisible();
  await chip.click();
  await expect(page).not.toHaveURL(/actor=/);
  await page
    .getByRole("group", { name: "Since when" })
    .getByRole("button", { name: /^24.h$/ })
    .click();
  await expect(page).toHaveURL(/since=24h/);
  await expect(theirs).toHaveCount(1);
});

for (const theme of THEMES) {
  test(`the audit log in ${theme}`, async ({ page, person, stranger }) => {
    await makeAdmin(person.email);
    await stranger.post("/api-keys", { name: "deploy", scopes: ["jobs:read"] });
    await showIn(page, theme);
    await page.goto("admin/audit");
    const lines = page.getByRole("list", { name: "What was done" }).getByRole("listitem");
    await expect(lines.filter({ hasText: stranger.email }).first()).toBeVisible();
    await lines.first().click();
    await look(page, theme, "audit");
    await page.getByRole("button", { name: "Action" }).click();
    await expect(page.getByRole("checkbox", { name: "Failed sign-in" })).toBeVisible();
    await look(page, theme, "audit-filter");
  });
}

for (const theme of THEMES) {
  test(`one's own activity in ${theme}`, async ({ page, person }) => {
    await person.post("/api-keys", { name: "deploy", scopes: ["jobs:read"] });
    await showIn(page, theme);
    await page.goto("activity");
    const lines = page.getByRole("list", { name: "What was done" }).getByRole("listitem");
    await expect(lines.first()).toContainText("API key made");
    await lines.first().click();
    await expect(lines.first().getByText("From")).toBeVisible();
    await look(page, theme, "activity");
    await page.goto("activity?action=user_disabled");
    await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
    await look(page, theme, "activity-no-match");
  });
}

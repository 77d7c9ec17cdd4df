import type { Locator, Page } from "@playwright/test";
import { look, showIn, THEMES } from "../look.ts";
import type { Person } from "../person.ts";
import { makeAdmin } from "../stack/operator.ts";
import { expect, test } from "../test.ts";
import { toast } from "../yard.ts";

/** Within a minute, and some more on a slow machine. */
const KNOWN_MS = 100_000;

test.describe.configure({ timeout: 240_000 });

const rowOf = (page: Page, { email }: Person): Locator => page.getByRole("row").filter({ hasText: email });

async function find(page: Page, person: Person): Promise<Locator> {
  await page.getByRole("searchbox", { name: "Search users" }).fill(person.email);
  await expect(page.getByRole("row").filter({ has: page.getByRole("cell") })).toHaveCount(1);
  return rowOf(page, person);
}

async function choose(page: Page, person: Person, what: string): Promise<void> {
  await page.getByRole("button", { name: `Actions for ${person.email}` }).click();
  await page.getByRole("menuitem", { name: what }).click();
}

test("an administrator disables somebody, who is shut out with all jobs held, and enables them again", async ({
  page,
  person,
  stranger,
}) => {
  await makeAdmin(person.email);
  const later = await stranger.submit({ kind: "demo.echo", payload: { value: 1 }, delay_seconds: 3_600 });
  await page.goto("admin/users");
  const row = await find(page, stranger);
  await expect(row).toContainText("Active");

  await choose(page, stranger, "Disable");
  const dialog = page.getByRole("dialog", { name: `Disable ${stranger.email}?` });
  await expect(dialog).toContainText("Their waiting jobs are held");
  await dialog.getByRole("button", { name: "Leave it" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(row).toContainText("Active");

  await choose(page, stranger, "Disable");
  await dialog.getByRole("button", { name: "Disable" }).click();
  await expect(toast(page, `${stranger.email} is disabled`)).toBeVisible();
  await expect(row).toContainText("Disabled");
  await expect
    .poll(async () => (await stranger.get(`/jobs/${later.id}`)).status(), { timeout: KNOWN_MS })
    .toBe(401);

  await choose(page, stranger, "Enable");
  await page.getByRole("dialog").getByRole("button", { name: "Enable" }).click();
  await expect(row).toContainText("Active");
});

test("an administrator gives a role and a weight; what the server refuses is said where one is", async ({
  page,
  person,
  stranger,
}) => {
  await makeAdmin(person.email);
  await page.goto("admin/users");
  const row = await find(page, stranger);
  await choose(page, stranger, "Make administrator");
  await page.getByRole("dialog").getByRole("button", { name: "Make administrator" }).click();
  await expect(row).toContainText("Administrator");
  await choose(page, stranger, "Make ordinary user");
  await page.getByRole("dialog").getByRole("button", { name: "Make ordinary user" }).click();
  await expect(row).not.toContainText("Administrator");

  await choose(page, stranger, "Change weight");
  const dialog = page.getByRole("dialog", { name: `The weight of ${stranger.email}` });
  await dialog.getByLabel("Weight").fill("101");
  await expect(dialog.getByText("A whole number from 1 to 100.")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Save" })).toBeDisabled();
  await dialog.getByLabel("Weight").fill("30");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(toast(page, `${stranger.email} has weight 30`)).toBeVisible();
  await expect(row).toContainText("30");

  await page.getByRole("button", { name: `Actions for ${stranger.email}` }).click();
  await page.getByRole("menuitem", { name: "What they did" }).click();
  await expect(page.getByRole("heading", { name: "Audit log" })).toBeVisible();
  await expect(page.getByText("Signed up").first()).toBeVisible();
});

test("who is no administrator is told so, and is shown no way there", async ({ page, person }) => {
  expect(person.email).toBeTruthy();
  for (const path of ["admin/users", "admin/audit"]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { name: "This track is for administrators" })).toBeVisible();
  }
  await expect(page.getByRole("link", { name: "Users" })).toHaveCount(0);
  await expect(page.getByRole("link", { name: "Audit log" })).toHaveCount(0);
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Search or run" }).fill("audit log");
  await expect(page.getByRole("option", { name: "Audit log" })).toHaveCount(0);
});

for (const theme of THEMES) {
  test(`the users in ${theme}`, async ({ page, person, stranger }) => {
    await makeAdmin(person.email);
    await showIn(page, theme);
    await page.goto("admin/users");
    await expect(rowOf(page, person)).toContainText("(you)");
    await look(page, theme, "users");
    await page.getByRole("button", { name: `Actions for ${stranger.email}` }).click();
    await expect(page.getByRole("menuitem", { name: "Disable" })).toBeVisible();
    await look(page, theme, "users-menu");
    await page.getByRole("menuitem", { name: "Disable" }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await look(page, theme, "users-disable");
    await page.getByRole("button", { name: "Leave it" }).click();
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await page.getByRole("searchbox", { name: "Search users" }).fill("no such person");
    await expect(page.getByRole("heading", { name: "Nobody is called “no such person”" })).toBeVisible();
    await look(page, theme, "users-none");
    await person.submit({ kind: "demo.echo", payload: { value: 1 } });
  });
}

test("who is no administrator, looked at", async ({ page, person }) => {
  expect(person.email).toBeTruthy();
  await page.goto("admin/users");
  await expect(page.getByRole("heading", { name: "This track is for administrators" })).toBeVisible();
  for (const theme of THEMES) {
    await showIn(page, theme);
    await look(page, theme, "users-not-admin");
  }
});

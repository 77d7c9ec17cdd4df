import { readFile } from "node:fs/promises";
import type { Response } from "@playwright/test";
import { look, showIn, THEMES } from "../look.ts";
import { expect, test } from "../test.ts";
import { signIn } from "../yard.ts";

test.use({ expectedErrors: /status of (401|403|422) / });

test("another name shows at once, and stays", async ({ page, person }) => {
  expect(person.email).toBeTruthy();
  await page.goto("settings");
  await page.getByLabel("Name").fill("Mara Lindqvist");
  await page.getByRole("button", { name: "Save name" }).click();
  await expect(page.getByRole("button", { name: "Save name" })).toBeDisabled();
  await page.reload();
  await expect(page.getByLabel("Name")).toHaveValue("Mara Lindqvist");
});

test("a new password ends the other sessions, and is the one that counts", async ({
  page,
  person,
  otherBrowser,
}) => {
  const other = otherBrowser.page;
  await other.goto("sign-in");
  await signIn(other, person);
  await expect(other.getByRole("heading", { name: "Overview" })).toBeVisible();

  await page.goto("settings/sessions");
  await expect(page.getByText("this one")).toHaveCount(1);
  await page.goto("settings/password");
  const current = page.getByLabel("Current password");
  await current.fill("not the password");
  await page.getByLabel("New password", { exact: true }).fill("another yard at noon");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(current).toHaveAccessibleDescription("That is not your password.");
  await current.fill(person.password);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Your other sessions have ended")).toBeVisible();
  await expect(current).toHaveValue("");
  await page.getByRole("status").getByRole("link", { name: "API keys" }).click();
  await expect(page.getByRole("heading", { name: "No keys yet" })).toBeVisible();

  await other.reload();
  await expect(other.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await signIn(other, { email: person.email, password: "another yard at noon" });
  await expect(other.getByRole("heading", { name: "Overview" })).toBeVisible();
});

test("one session is ended, then all others, and this one goes on", async ({
  page,
  person,
  otherBrowser,
  origin,
}) => {
  const other = otherBrowser.page;
  await other.goto("sign-in");
  await signIn(other, person);
  await expect(other.getByRole("heading", { name: "Overview" })).toBeVisible();
  for (const _again of [1, 2]) {
    const answer = await page.context().request.post(`${origin}/login`, {
      data: { email: person.email, password: person.password },
    });
    expect(answer.status()).toBe(200);
  }

  await page.goto("settings/sessions");
  const others = page.getByRole("button", { name: /^Sign out the \d+ others$/ });
  await expect(others).toBeVisible();
  const rows = page.getByRole("main").getByRole("listitem").filter({ hasText: "last used" });
  const before = await rows.count();
  // They leave the list at once, and it is read anew when the server has ended them.
  const list = (response: Response) =>
    response.request().method() === "GET" && new URL(response.url()).pathname === "/me/sessions";
  const read = page.waitForResponse(list);
  await rows.first().getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
  await expect(rows).toHaveCount(before - 1);
  await read;

  const readAgain = page.waitForResponse(list);
  await page.getByRole("button", { name: /^Sign out the .* others?/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
  await expect(rows).toHaveCount(0);
  await readAgain;
  await page.reload();
  await expect(page.getByText("this one")).toBeVisible();
  await expect(rows).toHaveCount(0);
  await other.reload();
  await expect(other.getByRole("heading", { name: "Sign in" })).toBeVisible();
});

test("a key is made, shown once, good for what it may do, and refused when it is deleted", async ({
  page,
  person,
  origin,
  playwright,
}) => {
  expect(person.email).toBeTruthy();
  await page.goto("settings/api-keys");
  await expect(page.getByRole("heading", { name: "No keys yet" })).toBeVisible();
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByLabel("Name").fill("month-end");
  await page.getByRole("checkbox", { name: "jobs:write" }).uncheck();
  await page.getByRole("button", { name: "Make key" }).click();
  const secret = page.getByLabel("The key", { exact: true });
  await expect(secret).toHaveValue(/^jy_/);
  const key = await secret.inputValue();
  await page.getByRole("button", { name: "I have copied it, hide it" }).click();
  await expect(page.getByText(key)).toHaveCount(0);
  await expect(page.getByRole("listitem").filter({ hasText: "month-end" })).toBeVisible();

  const program = await playwright.request.newContext({
    extraHTTPHeaders: { Authorization: `Bearer ${key}` },
  });
  expect((await program.get(`${origin}/jobs`)).status()).toBe(200);
  expect((await program.post(`${origin}/jobs`, { data: { kind: "demo.echo" } })).status()).toBe(403);

  await page.getByRole("button", { name: "Delete the key month-end" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete key" }).click();
  await expect(page.getByRole("heading", { name: "No keys yet" })).toBeVisible();
  await expect.poll(async () => (await program.get(`${origin}/jobs`)).status()).toBe(401);
  await program.dispose();
});

test("one's data is one file, and an account that is deleted is gone", async ({ page, person }) => {
  const { id } = await person.submit({ kind: "demo.echo", payload: { value: "mine" } });
  await page.goto("settings/data");
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe("jobyard-export.json");
  const exported = JSON.parse(await readFile(await download.path(), "utf8")) as { jobs: { id: string }[] };
  expect(exported.jobs.map((job) => job.id)).toEqual([id]);

  await page.getByRole("button", { name: "Delete account" }).click();
  const dialog = page.getByRole("dialog");
  const last = dialog.getByRole("button", { name: "Delete account" });
  await expect(last).toBeDisabled();
  await dialog.getByLabel(/^Type /).fill(person.email);
  await dialog.getByLabel("Password", { exact: true }).fill("not the password");
  await last.click();
  await expect(dialog.getByText("That is not your password.")).toBeVisible();
  await dialog.getByLabel("Password", { exact: true }).fill(person.password);
  await last.click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await expect(page.getByText("Your account is deleted")).toBeVisible();
  await signIn(page, person);
  await expect(page.getByText("That email and password do not match.")).toBeVisible();
});

test("a half-filled form is there again, until it is sent or one signs out", async ({ page, person }) => {
  expect(person.email).toBeTruthy();
  await page.goto("jobs/new?kind=demo.echo");
  await page.getByRole("button", { name: "Options" }).click();
  await page.getByLabel(/^Tags/).fill("half-filled");
  await page.getByRole("group", { name: "Priority" }).getByRole("button", { name: "High" }).click();
  await page.reload();
  await expect(page.getByText("You were here before.")).toBeVisible();
  await expect(
    page.getByRole("group", { name: "Priority" }).getByRole("button", { name: "High" }),
  ).toHaveAttribute("aria-pressed", "true");
  await page.goto("jobs");
  await page.goto("jobs/new");
  await expect(page.getByText("You were here before.")).toBeVisible();
  await page.getByRole("button", { name: "Start anew" }).click();
  await expect(page.getByText("You were here before.")).toHaveCount(0);
  await page.goto("jobs/new");
  await expect(page.getByRole("main").getByRole("listitem").first()).toBeVisible(); // the kinds to pick from
  await expect(page.getByText("You were here before.")).toHaveCount(0);
});

for (const theme of THEMES) {
  test(`every section, ${theme}`, async ({ page, person, origin }) => {
    await showIn(page, theme);
    // A second session, which the browser has from now on.
    await page.context().request.post(`${origin}/login`, {
      data: { email: person.email, password: person.password },
    });
    for (const name of ["soon", "for ever"]) {
      const expires = name === "soon" ? new Date(Date.now() + 4 * 86_400_000).toISOString() : null;
      const answer = await person.post("/api-keys", {
        name,
        scopes: ["jobs:read", "worker"],
        expires_at: expires,
      });
      expect(answer.status(), await answer.text()).toBe(201);
    }
    for (const section of [
      "",
      "/password",
      "/sessions",
      "/api-keys",
      "/notifications",
      "/appearance",
      "/data",
    ]) {
      await page.goto(`settings${section}`);
      await expect(page.getByRole("heading", { level: 2 }).first()).toBeVisible();
      await look(page, theme, `settings${section.replace("/", "-") || "-profile"}`);
    }
    await page.goto("settings/api-keys");
    await page.getByRole("button", { name: "New key" }).click();
    await page.getByRole("button", { name: "Make key" }).click();
    await look(page, theme, "settings-new-key");
    await page.getByLabel("Name").fill("month-end");
    await page.getByRole("button", { name: "Make key" }).click();
    await expect(page.getByLabel("The key", { exact: true })).toBeVisible();
    await look(page, theme, "settings-key-made");
    await page.getByRole("button", { name: "I have copied it, hide it" }).click();
    await page.getByRole("button", { name: "Delete the key soon" }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await look(page, theme, "settings-key-delete");
    await page.keyboard.press("Escape");
    await page.goto("settings/data");
    await page.getByRole("button", { name: "Delete account" }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await look(page, theme, "settings-delete-account");
  });
}

// Every screen once, small, for docs/screens.md: `pnpm --dir tests/e2e run pictures gallery`.
import { type Browser, request as http, type Page } from "@playwright/test";
import { Person } from "../person.ts";
import { makeAdmin } from "../stack/operator.ts";
import { expect, testWithOwnStack as test } from "../test.ts";
import { expectState, jobHead, live, row, signIn } from "../yard.ts";
import { listStates } from "./listStates.ts";
import { MARA, workday } from "./workday.ts";

const SCREENS = new URL("../../../docs/screens/", import.meta.url).pathname;
/** In three fifths of its size: enough to see how a screen is laid out, and 40 kB each. */
const SCALE = 0.6;
const QUALITY = 72;
const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

test.use({
  ...MARA,
  viewport: DESKTOP,
  deviceScaleFactor: SCALE,
  // A list that cannot be read, and a line that is cut, are among the pictures.
  expectedErrors: /status of 503 /,
});
test.setTimeout(600_000);

const shoot = (page: Page, name: string) =>
  page.screenshot({ path: `${SCREENS}${name}.jpg`, type: "jpeg", quality: QUALITY, animations: "disabled" });

test("the gallery", async ({ page, person, target, stack, browser, origin }) => {
  await makeAdmin(person.email, stack.dataDir);
  await colleagues(origin);
  const { sync, failed, later } = await workday(person, target, stack);
  await page.emulateMedia({ reducedMotion: "reduce" });
  const heading = (name: string | RegExp) =>
    expect(page.getByRole("heading", { name }).first()).toBeVisible();
  const notBusy = () => expect(page.locator('main [aria-busy="true"]')).toHaveCount(0);
  const open = async (path: string) => {
    await page.goto(path);
    await notBusy();
  };

  await open("");
  await live(page);
  await expect(page.getByText(/^Completed [1-9]/)).toBeVisible({ timeout: 60_000 });
  const drawn = () => expect(page.getByRole("slider", { name: "Finished per minute" })).toBeVisible();
  await drawn();
  await shoot(page, "overview");
  await open("?whose=everyone");
  await heading("Lines");
  await drawn();
  await shoot(page, "overview-everyone");

  await open("jobs");
  await expectState(row(page, sync), "running");
  await shoot(page, "jobs");
  for (const [name, id, state] of [
    ["job-running", sync, "running"],
    ["job-failed", failed, "failed"],
    ["job-waiting", later, "scheduled"],
  ] as const) {
    await open(`jobs/${id}`);
    await expectState(jobHead(page), state);
    if (state === "running") await expect(page.getByText("slept 1 of 95 s")).toBeVisible();
    await notBusy();
    await shoot(page, name);
  }
  await open("jobs/new?kind=http.request");
  await expect(page.getByLabel(/^url/)).toBeVisible();
  await shoot(page, "new-job");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox", { name: "Search or run" })).toBeFocused();
  await shoot(page, "palette");

  await keys(person);
  await onHerPhone(person, origin);
  await shutOut(person, "nils.aho@example.org");
  for (const [name, path, title] of [
    ["dead-letters", "dead-letters", "Dead letters"],
    ["notifications", "notifications", "Notifications"],
    ["activity", "activity", "Account activity"],
    ["settings-profile", "settings", "Profile"],
    ["settings-password", "settings/password", "Password"],
    ["settings-sessions", "settings/sessions", "Sessions"],
    ["settings-keys", "settings/api-keys", "API keys"],
    ["settings-notifications", "settings/notifications", "Notifications"],
    ["settings-appearance", "settings/appearance", "Appearance"],
    ["settings-data", "settings/data", "Your data"],
    ["users", "admin/users", "Users"],
    ["audit", "admin/audit", "Audit log"],
  ] as const) {
    await open(path);
    await heading(title);
    await notBusy();
    await shoot(page, name);
  }

  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  await page.setViewportSize(PHONE);
  for (const [name, path] of [
    ["phone-overview", ""],
    ["phone-jobs", "jobs"],
    ["phone-job", `jobs/${failed}`],
  ] as const) {
    await open(path);
    await live(page);
    await expect(page.locator("[data-sonner-toast]")).toHaveCount(0); // one job ends about now
    await shoot(page, name);
  }

  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await listStates(page, await newcomer(browser, origin), `${SCREENS}states.jpg`, QUALITY);
  await doors(await anotherPage(browser, origin), person, later);
});

/** The doors as the drawings have them: each with what is wrong, beside its field. */
async function doors(page: Page, { email, password }: Person, job: string): Promise<void> {
  await page.goto(`jobs/${job}`);
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await signIn(page, { email, password: "not the password" });
  await expect(page.getByText("That email and password do not match.")).toBeVisible();
  await shoot(page, "sign-in");
  await page.getByRole("link", { name: "Make an account" }).click();
  await page.getByLabel("Name").fill("Mara Lind");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Make account" }).click();
  await expect(page.getByText("This email has an account.")).toBeVisible();
  await shoot(page, "sign-up");
  await page.context().close();
}

async function colleagues(origin: string): Promise<void> {
  for (const [name, email] of [
    ["Jo Brandt", "jo.brandt@example.org"],
    ["Ana Roth", "ana.roth@example.org"],
    ["Nils Aho", "nils.aho@example.org"],
  ] as const) {
    const request = await http.newContext();
    await Person.signUp(request, origin, name, { email, password: "a switch for every track" });
    await request.dispose();
  }
}

async function shutOut(admin: Person, email: string): Promise<void> {
  const users = async () => (await admin.get("/admin/users")).status();
  // The API learns within a minute who is an administrator.
  await expect.poll(users, { timeout: 100_000 }).toBe(200);
  const { items } = (await (await admin.get("/admin/users")).json()) as {
    items: { id: string; email: string }[];
  };
  const id = items.find((user) => user.email === email)?.id ?? "";
  const answer = await admin.patch(`/admin/users/${id}`, { disabled: true });
  expect(answer.status(), await answer.text()).toBe(200);
}

async function keys(person: Person): Promise<void> {
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
  for (const key of [
    { name: "month-end batch", scopes: ["jobs:read", "jobs:write"], expires_at: inDays(300) },
    { name: "catalog worker", scopes: ["worker"], expires_at: null },
    { name: "dashboard", scopes: ["jobs:read"], expires_at: inDays(4) },
  ]) {
    const answer = await person.post("/api-keys", key);
    expect(answer.status(), await answer.text()).toBe(201);
  }
}

/** A second session of hers. */
async function onHerPhone({ email, password }: Person, origin: string): Promise<void> {
  const userAgent =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";
  const request = await http.newContext({ userAgent });
  const answer = await request.post(`${origin}/login`, { data: { email, password } });
  expect(answer.status()).toBe(200);
  await request.dispose();
}

async function anotherPage(browser: Browser, origin: string): Promise<Page> {
  const context = await browser.newContext({
    viewport: DESKTOP,
    deviceScaleFactor: SCALE,
    baseURL: `${origin}/app/`,
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    reducedMotion: "reduce",
  });
  return context.newPage();
}

/** Somebody who has no job yet, in a browser of their own. */
async function newcomer(browser: Browser, origin: string): Promise<Page> {
  const page = await anotherPage(browser, origin);
  await Person.signUp(page.context().request, origin, "Lea Holm");
  return page;
}

// Every screen once, small, for docs/screens.md: `pnpm --dir tests/e2e run pictures gallery`.
import type { Page } from "@playwright/test";
import { makeAdmin } from "../stack/operator.ts";
import { expect, testWithOwnStack as test } from "../test.ts";
import { expectState, jobHead, live, row } from "../yard.ts";
import { MARA, workday } from "./workday.ts";

const SCREENS = new URL("../../../docs/screens/", import.meta.url).pathname;
/** In three fifths of its size: enough to see how a screen is laid out, and 40 kB each. */
const SCALE = 0.6;
const QUALITY = 72;
const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

test.use({ ...MARA, viewport: DESKTOP, deviceScaleFactor: SCALE });
test.setTimeout(500_000);

const shoot = (page: Page, name: string) =>
  page.screenshot({ path: `${SCREENS}${name}.jpg`, type: "jpeg", quality: QUALITY, animations: "disabled" });

test("the gallery", async ({ page, person, target, stack }) => {
  await makeAdmin(person.email, stack.dataDir);
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
  await shoot(page, "overview");
  await open("?whose=everyone");
  await heading("Lines");
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
    await shoot(page, name);
  }
  await open("jobs/new?kind=http.request");
  await heading("New job");
  await shoot(page, "new-job");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox", { name: "Search or run" })).toBeFocused();
  await shoot(page, "palette");

  for (const [name, path, title] of [
    ["dead-letters", "dead-letters", "Dead letters"],
    ["notifications", "notifications", "Notifications"],
    ["settings-keys", "settings/api-keys", "Settings"],
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
    await shoot(page, name);
  }
});

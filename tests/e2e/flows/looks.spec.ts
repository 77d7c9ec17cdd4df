import { look, showIn, THEMES } from "../look.ts";
import type { Person } from "../person.ts";
import { makeAdmin } from "../stack/operator.ts";
import { expect, test, testWithOwnStack } from "../test.ts";
import { expectState, jobHead, live, openAccountMenu, pickKind, row, signIn, toast } from "../yard.ts";

test.use({ expectedErrors: /status of (401|404|409|422|500|503) / });

for (const theme of THEMES) {
  test.describe(theme, () => {
    test("the doors", async ({ page, stranger }) => {
      await showIn(page, theme);
      await page.goto("sign-in");
      await look(page, theme, "sign-in");
      await signIn(page, { email: stranger.email, password: "not the password" });
      await expect(page.getByText("That email and password do not match.")).toBeVisible();
      await look(page, theme, "sign-in-refused");
      await page.getByRole("link", { name: "Make an account" }).click();
      await expect(page.getByRole("heading", { name: "Make an account" })).toBeVisible();
      await page.getByLabel("Email").fill(stranger.email);
      await look(page, theme, "sign-up");
      await page.getByLabel("Password", { exact: true }).fill("shunting yard at noon");
      await page.getByRole("button", { name: "Make account" }).click();
      await expect(page.getByText("This email has an account.")).toBeVisible();
      await look(page, theme, "sign-up-refused");
    });

    test("before the first job", async ({ page, person }) => {
      expect(person.email).toBeTruthy();
      await showIn(page, theme);
      await page.goto("");
      await live(page);
      await page.getByRole("button", { name: "curl" }).click();
      await look(page, theme, "overview-empty");
      await page.goto("jobs");
      await expect(page.getByRole("heading", { name: "Nothing in the yard yet" })).toBeVisible();
      await look(page, theme, "jobs-empty");
      await page.goto("no/such/page");
      await expect(page.getByRole("heading", { name: "No track leads here" })).toBeVisible();
      await look(page, theme, "not-found");
      await page.goto("jobs/01a20c0e-b7a2-77d5-98cf-d1f4712e1db5");
      await expect(page.getByRole("heading", { name: "No such job here" })).toBeVisible();
      await look(page, theme, "no-such-job");
    });

    test("the form for a new job", async ({ page, person }) => {
      expect(person.email).toBeTruthy();
      await showIn(page, theme);
      await page.goto("jobs/new");
      await expect(page.getByRole("main").getByRole("button", { name: "http.request" })).toBeVisible();
      await look(page, theme, "new-job");
      await pickKind(page, "http.request");
      await page.getByRole("button", { name: "Submit job" }).click();
      await expect(page.getByText("1 field to fix").filter({ visible: true })).toBeVisible();
      await look(page, theme, "new-job-to-fix");
      await page.getByRole("button", { name: "Fill in the example" }).click();
      await page.getByRole("button", { name: "Options" }).click();
      await page.getByRole("group", { name: "Run" }).getByRole("button", { name: "At…" }).click();
      await look(page, theme, "new-job-options");
      await page.getByRole("button", { name: "JSON", exact: true }).click();
      await page.getByLabel("Payload as JSON").fill('{"url": 3, "metod": "GET"}');
      await look(page, theme, "new-job-json");
    });

    test("a yard at work", async ({ page, person }) => {
      const jobs = await fill(person);
      await showIn(page, theme);
      for (const [name, id] of Object.entries(jobs)) {
        await page.goto(`jobs/${id}`);
        await expect(jobHead(page)).toBeVisible();
        await expect(page.getByRole("heading", { name: "Payload" })).toBeVisible();
        await look(page, theme, `job-${name}`);
      }
      await page.goto("");
      await expect(page.getByRole("heading", { name: "Needs you" })).toBeVisible();
      await expect(page.getByRole("heading", { name: "Running now" })).toBeVisible();
      await look(page, theme, "overview");
      await page.goto("jobs");
      await expectState(row(page, jobs.completed), "completed");
      await look(page, theme, "jobs");
      const failed = await person.submit({ kind: "demo.fail", payload: { times: 1, retryable: false } });
      await expect(toast(page, "demo.fail failed")).toBeVisible();
      await look(page, theme, "jobs-toast");
      await toast(page, "demo.fail failed").getByRole("button", { name: "Close" }).click();
      await person.post(`/jobs/${failed.id}/cancel`);
      await page.goto("jobs?state=cancelled&kind=http.request");
      await expect(page.getByRole("heading", { name: "No cancelled http.request jobs" })).toBeVisible();
      await look(page, theme, "jobs-no-match");
      await person.submitAll([
        { kind: "demo.sleep", payload: { seconds: 0 } },
        { kind: "demo.echo", payload: { value: 1 } },
      ]);
      await person.post(`/jobs/${jobs.running}/cancel`);
    });

    test("what opens over the page", async ({ page, person, isMobile }) => {
      const [first = "", second = ""] = await person.submitAll([
        { kind: "demo.echo", payload: { value: 1 }, delay_seconds: 3600, tags: ["month-end", "billing"] },
        { kind: "demo.echo", payload: { value: 2 }, delay_seconds: 7200 },
      ]);
      await showIn(page, theme);
      await page.goto("jobs");
      await expectState(row(page, first), "scheduled");
      if (isMobile) await page.getByRole("button", { name: "Select" }).click();
      await row(page, first).getByRole("checkbox").click();
      await row(page, second).getByRole("checkbox").click();
      await look(page, theme, "jobs-picked");
      await page.getByRole("button", { name: "Clear the selection" }).click();
      await page.getByRole("button", { name: "Filter", exact: true }).click();
      await expect(page.getByRole("dialog").getByText("Priority")).toBeVisible();
      await look(page, theme, "jobs-filter");
      await page.getByRole("dialog").getByLabel("Scheduled").click();
      await page.keyboard.press("Escape");
      await expect(page.getByRole("dialog")).toHaveCount(0);
      await openAccountMenu(page);
      await expect(page.getByRole("menuitem", { name: "Sign out" })).toBeVisible();
      await look(page, theme, "user-menu");
      await page.keyboard.press("Escape");
      await expect(page.getByRole("menu")).toHaveCount(0);
      await page.keyboard.press("Shift+?");
      await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
      await look(page, theme, "keys");
      await page.keyboard.press("Escape");
      await expect(page.getByRole("dialog")).toHaveCount(0);
      await page.keyboard.press("Control+k");
      await expect(page.getByRole("combobox", { name: "Search or run" })).toBeFocused();
      await look(page, theme, "palette");
    });

    test("a server that is away", async ({ page, person }) => {
      expect(person.email).toBeTruthy();
      await showIn(page, theme);
      await page.route(/\/jobs(\?|\/counts|\/[0-9a-f-]{36}$)|\/kinds/, (route) =>
        route.request().resourceType() === "fetch"
          ? route.fulfill({
              status: 503,
              contentType: "application/problem+json",
              headers: { "Retry-After": "5", "X-Request-Id": "4b1c2f" },
              body: JSON.stringify({
                title: "Service Unavailable",
                status: 503,
                detail: "The database is away.",
              }),
            })
          : route.fallback(),
      );
      for (const [name, path, title] of [
        ["overview-away", "", "The overview could not be read"],
        ["jobs-away", "jobs", "The list could not be read"],
        ["job-away", "jobs/01a20c0e-b7a2-77d5-98cf-d1f4712e1db5", "The job could not be read"],
        ["new-job-away", "jobs/new", "The kinds of jobs could not be read"],
      ] as const) {
        await page.goto(path);
        await expect(page.getByRole("heading", { name: title })).toBeVisible();
        await look(page, theme, name);
      }
    });

    test("lists that the server fails to give, and gives when asked again", async ({ page, person }) => {
      await makeAdmin(person.email);
      await showIn(page, theme);
      let fails = true;
      // A 500 is no passing trouble: the page does not ask again by itself, only by the button.
      await page.route(
        /\/(audit|api-keys|me\/sessions|admin\/users|notifications|jobs\/errors)(\/settings)?(\?|$)/,
        (route) =>
          fails && route.request().resourceType() === "fetch" ? route.fulfill(BROKEN) : route.fallback(),
      );
      for (const [name, path, title, then] of [
        ["audit-broken", "admin/audit", "The audit trail could not be read", "Signed up"],
        ["activity-broken", "activity", "The audit trail could not be read", "Signed up"],
        ["settings-api-keys-broken", "settings/api-keys", "The keys could not be read", "No keys yet"],
        ["settings-sessions-broken", "settings/sessions", "The sessions could not be read", "this one"],
        [
          "settings-notifications-broken",
          "settings/notifications",
          "The settings could not be read",
          "No kind has a setting of its own.",
        ],
        ["users-broken", "admin/users", "The users could not be read", person.email],
        ["dead-letters-broken", "dead-letters", "The failed jobs could not be read", "No dead letters"],
        [
          "notifications-broken",
          "notifications",
          "The notifications could not be read",
          "Nothing has ended yet",
        ],
      ] as const) {
        await test.step(name, async () => {
          fails = true;
          await page.goto(path);
          await expect(page.getByRole("heading", { name: title })).toBeVisible();
          await expect(page.getByText("The server says: the shunter dropped it.")).toBeVisible();
          await look(page, theme, name);
          fails = false;
          await page.getByRole("button", { name: "Try again" }).click();
          await expect(page.getByRole("main").getByText(then).first()).toBeVisible();
          await expect(page.getByRole("heading", { name: title })).toHaveCount(0);
        });
      }
    });
  });
}

const BROKEN = {
  status: 500,
  contentType: "application/problem+json",
  headers: { "X-Request-Id": "4b1c2f" },
  body: JSON.stringify({ title: "Internal Server Error", status: 500, detail: "The shunter dropped it." }),
};

testWithOwnStack.describe("a job in line", () => {
  testWithOwnStack.use({ settings: { JOBYARD_WORKER_SLOTS: "1" } });

  testWithOwnStack("for the only slot", async ({ page, person }) => {
    const running = await person.submit({ kind: "demo.sleep", payload: { seconds: 600 } });
    await person.until(running.id, "running");
    const { id } = await person.submit({ kind: "demo.echo", payload: { value: 1 } });
    for (const theme of THEMES) {
      await showIn(page, theme);
      await page.goto(`jobs/${id}`);
      await expectState(jobHead(page), "pending");
      await look(page, theme, "job-pending");
    }
  });
});

/** A job in each state but pending, which lasts too short for a picture where there are free slots. */
async function fill(
  person: Person,
): Promise<Record<string, string> & { completed: string; running: string }> {
  const value = {
    order: 4711,
    total: "120.50",
    lines: [
      { sku: "rail-49e1", count: 12 },
      { sku: "sleeper-b70", count: 240 },
    ],
    big: 9_007_199_254_740_991,
    note: null,
    paid: true,
  };
  const completed = await person.submit({
    kind: "demo.echo",
    payload: { value },
    priority: "high",
    tags: ["billing", "month-end"],
  });
  await person.until(completed.id, "completed");
  const failed = await person.submit({
    kind: "demo.fail",
    payload: { times: 9, message: "The ledger of March is closed: 3 lines of order 4711 were not booked." },
    max_attempts: 2,
    backoff: { strategy: "fixed", base_seconds: 1 },
  });
  const retrying = await person.submit({
    kind: "demo.fail",
    payload: { times: 9 },
    backoff: { strategy: "fixed", base_seconds: 3600 },
  });
  const scheduled = await person.submit({
    kind: "http.request",
    payload: { url: "https://example.org/" },
    delay_seconds: 3600,
    priority: "low",
  });
  const cancelled = await person.submit({
    kind: "demo.echo",
    payload: { value: "never" },
    delay_seconds: 60,
  });
  await person.post(`/jobs/${cancelled.id}/cancel`);
  await person.until(failed.id, "failed");
  await person.until(retrying.id, "retrying");
  const running = await person.submit({ kind: "demo.sleep", payload: { seconds: 120 } });
  await expect
    .poll(async () => (await person.job(running.id)).progress?.fraction ?? 0, "progress")
    .toBeGreaterThan(0);
  return {
    completed: completed.id,
    failed: failed.id,
    retrying: retrying.id,
    scheduled: scheduled.id,
    cancelled: cancelled.id,
    running: running.id,
  };
}

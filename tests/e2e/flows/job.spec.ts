import { look, showIn, THEMES } from "../look.ts";
import { expect, test } from "../test.ts";
import { expectState, fromJobMenu, jobHead, jobInUrl, keepToast, live, row, toast } from "../yard.ts";

const LATER = { kind: "demo.echo", payload: { value: 1 }, delay_seconds: 3600 };

test("a running job's log comes as it is written, is narrowed, and its timeline tells who did what", async ({
  page,
  person,
}) => {
  const { id } = await person.submit({ kind: "demo.sleep", payload: { seconds: 600 } });
  await page.goto(`jobs/${id}`);
  await expectState(jobHead(page), "running");
  const log = page.getByRole("log", { name: "Log" });
  await expect(log.getByText("slept 1 of 600 s")).toBeVisible();
  await expect(log.getByText("slept 3 of 600 s")).toBeVisible();
  const search = page.getByLabel("Search the log").filter({ visible: true });
  await search.fill("slept 2 of");
  await expect(log.getByText("slept 2 of 600 s")).toBeVisible();
  await expect(log.getByText("slept 3 of 600 s")).toHaveCount(0);
  await search.fill("");
  await page.getByRole("group", { name: "Level" }).getByRole("button", { name: "Errors" }).click();
  await expect(page.getByText("No line matches.")).toBeVisible();
  await page.getByRole("button", { name: /^Show all/ }).click();
  await page.getByRole("button", { name: "Cancel" }).filter({ visible: true }).click();
  await expectState(jobHead(page), "cancelled");
  const timeline = page.getByRole("complementary", { name: "Timeline and properties" });
  await expect(timeline.getByRole("listitem").filter({ hasText: "Asked to stop" })).toContainText("by you");
  await expect(timeline.getByRole("listitem").first()).toContainText("by you");
});

test("a job that waits is changed, changed back, and raised", async ({ page, person }) => {
  const { id } = await person.submit(LATER);
  await page.goto(`jobs/${id}`);
  await page.getByRole("button", { name: "Change the time" }).click();
  const dialog = page.getByRole("dialog", { name: "Change demo.echo" });
  await dialog.getByRole("button", { name: "High" }).click();
  await dialog.getByLabel("Attempts").fill("101");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByLabel("Attempts")).toHaveAccessibleDescription(/from 1 to 100/);
  await dialog.getByLabel("Attempts").fill("7");
  await dialog.getByRole("button", { name: "Save" }).click();
  const told = toast(page, "Changed the job");
  await keepToast(told);
  await expect(dialog).toBeHidden();
  await expect.poll(async () => (await person.job(id)).priority).toBe("high");
  await told.getByRole("button", { name: "Undo" }).click();
  await expect.poll(async () => (await person.job(id)).priority).toBe("medium");
  const timeline = page.getByRole("complementary", { name: "Timeline and properties" });
  await expect(timeline.getByText("priority medium to high, attempts 5 to 7, by you")).toBeVisible();
});

test("a job that waits for another says so, and leads there", async ({ page, person }) => {
  const first = await person.submit(LATER);
  const second = await person.submit({ kind: "demo.echo", payload: { value: 2 }, after: [first.id] });
  await page.goto(`jobs/${second.id}`);
  await expect(page.getByRole("region", { name: "Why" })).toContainText("Waits for another job to end.");
  await page.getByRole("link", { name: "Open that job" }).click();
  await expect(page).toHaveURL(new RegExp(`/jobs/${first.id}$`));
  await page.getByRole("button", { name: "Run now" }).filter({ visible: true }).click();
  await expectState(jobHead(page), "completed");
  await person.until(second.id, "completed");
});

test("secrets are hidden, shown to their owner alone when asked, and go along in a copy", async ({
  page,
  person,
  target,
}) => {
  const { id } = await person.submit({
    kind: "http.request",
    payload: { url: target.url("/with-secret"), headers: { Authorization: "Bearer abc123secret" } },
  });
  await person.until(id, "completed");
  await page.goto(`jobs/${id}`);
  await expect(page.getByText("hidden", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Reveal" }).click();
  await expect(page.getByText('"Bearer abc123secret"')).toBeVisible();
  await page.getByRole("button", { name: "Hide" }).click();
  await expect(page.getByText('"Bearer abc123secret"')).toHaveCount(0);

  await page
    .getByRole("button", { name: /^Run (again )?with changes$/ })
    .filter({ visible: true })
    .click();
  await expect(page.getByRole("heading", { name: "Run again with changes" })).toBeVisible();
  await page.getByRole("button", { name: "Submit job" }).filter({ visible: true }).click();
  await expect(page).not.toHaveURL(/\/new/);
  const copy = await jobInUrl(page);
  expect(copy).not.toBe(id);
  await expectState(jobHead(page), "completed");
  const sent = target.received.filter(({ path }) => path === "/with-secret");
  expect(sent.map(({ headers }) => headers.authorization)).toEqual([
    "Bearer abc123secret",
    "Bearer abc123secret",
  ]);
});

test("one goes on to the next job of the list, and discards one", async ({ page, person, isMobile }) => {
  const ids = await person.submitAll([1, 2, 3].map((value) => ({ kind: "demo.echo", payload: { value } })));
  const [oldest = "", middle = "", newest = ""] = ids;
  for (const id of ids) await person.until(id, "completed");
  await page.goto("jobs?kind=demo.echo");
  await row(page, newest).getByRole("link").click();
  await expect(page).toHaveURL(new RegExp(`/jobs/${newest}$`));
  await expect(page.getByRole("main").getByRole("heading", { name: "demo.echo" })).toBeVisible(); // keys work from here on
  if (isMobile) await page.getByRole("link", { name: "Next job (j)" }).filter({ visible: true }).click();
  else await page.keyboard.press("j");
  await expect(page).toHaveURL(new RegExp(`/jobs/${middle}$`));
  await fromJobMenu(page, /^Discard/);
  await page.getByRole("dialog").getByRole("button", { name: "Discard 1 job" }).click();
  await expect(page).toHaveURL(new RegExp(`/jobs/${oldest}$`));
  await expect.poll(async () => (await person.get(`/jobs/${middle}`)).status()).toBe(404);
  await page
    .getByRole("main")
    .getByRole("link", { name: isMobile ? "Back to jobs" : "Jobs", exact: true })
    .click();
  await expect(page).toHaveURL(/\/jobs\?kind=demo\.echo$/);
  await expect(row(page, oldest)).toBeVisible();
  await expect(row(page, middle)).toHaveCount(0);
});

for (const theme of THEMES) {
  test(`how a job's page looks in use, ${theme}`, async ({ page, person, target }) => {
    await showIn(page, theme);
    const secret = await person.submit({
      kind: "http.request",
      payload: {
        url: target.url("/held/look"),
        method: "POST",
        headers: { Authorization: "Bearer abc123secret", "X-Order": "4711" },
      },
      tags: ["orders", "invoice\u202efdp.exe"],
    });
    const failing = {
      kind: "demo.fail",
      payload: { times: 9, message: "The ledger of March is closed: 3 lines were not booked." },
      max_attempts: 5,
      backoff: { strategy: "fixed" as const, base_seconds: 0 },
    };
    const [failed = "", alike = ""] = await person.submitAll([failing, failing]);
    const scheduled = await person.submit({ ...LATER, tags: ["month-end"] });
    const after = await person.submit({ kind: "demo.echo", payload: { value: 2 }, after: [scheduled.id] });
    const running = await person.submit({ kind: "demo.sleep", payload: { seconds: 600 } });
    for (const id of [failed, alike]) await person.until(id, "failed");

    await page.goto(`jobs/${failed}`);
    await expect(page.getByText("1 other job")).toBeVisible();
    await expect(page.getByText("Show each")).toBeVisible();
    await look(page, theme, "job-failed-alike");
    await page.goto(`jobs/${running.id}`);
    await live(page);
    await expect(page.getByRole("log").getByText("slept 5 of 600 s")).toBeVisible();
    await look(page, theme, "job-log");
    await page.goto(`jobs/${secret.id}`);
    await expect(page.getByText("hidden", { exact: true })).toBeVisible();
    await look(page, theme, "job-secret");
    await page.goto(`jobs/${after.id}`);
    await expect(page.getByRole("link", { name: "Open that job" })).toBeVisible();
    await look(page, theme, "job-after");
    await page.goto(`jobs/${scheduled.id}`);
    await page.getByRole("button", { name: "Change the time" }).click();
    await expect(page.getByRole("dialog", { name: "Change demo.echo" })).toBeVisible();
    await look(page, theme, "job-edit");
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await page.goto(`jobs/${failed}`);
    await expect(page.getByRole("heading", { name: "Payload" })).toBeVisible();
    await fromJobMenu(page, /^Discard/);
    await expect(page.getByRole("dialog")).toBeVisible();
    await look(page, theme, "job-discard");
    target.release("/held/look");
    await person.post(`/jobs/${running.id}/cancel`);
  });
}

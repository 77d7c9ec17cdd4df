import { expect, test } from "../test.ts";
import { expectState, go, jobHead, jobInUrl, live, pickKind, row, toast } from "../yard.ts";

const FAILS_ONCE = { kind: "demo.fail", payload: { times: 1, retryable: false } };

test("a job that failed is told until somebody acts, and Retry in the message runs it again", {
  tag: "@core",
}, async ({ page, person }) => {
  expect(person.email).toBeTruthy();
  await page.goto("jobs/new");
  await pickKind(page, "demo.fail");
  await page.getByLabel(/^times/).fill("1");
  await page.getByRole("switch", { name: "retryable" }).click();
  await page.getByRole("button", { name: "Submit job" }).click();
  const id = await jobInUrl(page);
  await expectState(jobHead(page), "failed");
  await expect(page.getByRole("region", { name: "Why" })).toContainText("This failure is a demonstration.");
  await page.getByRole("button", { name: "Retry this job" }).click();
  await expectState(jobHead(page), "completed");

  // A second one, from elsewhere, while the table is looked at.
  await go(page, "Jobs");
  await expectState(row(page, id), "completed");
  const second = await person.submit(FAILS_ONCE);
  const told = toast(page, "demo.fail failed");
  await expect(told.getByRole("alert")).toContainText("This failure is a demonstration.");
  await told.getByRole("button", { name: "Retry" }).click();
  await expect(told).toBeHidden();
  await expect(toast(page, "demo.fail finished")).toBeVisible();
  await person.until(second.id, "completed");
});

test("a failure stays on screen where a success fades", async ({ page, person, isMobile }) => {
  await page.clock.install();
  await page.goto("jobs");
  await live(page);
  const good = await person.submit({ kind: "demo.echo", payload: { value: "hello" } });
  const bad = await person.submit(FAILS_ONCE);
  await expect(toast(page, "demo.echo finished")).toBeVisible();
  await expect(toast(page, "demo.fail failed")).toBeVisible();
  await page.clock.fastForward(20_000);
  await expect(toast(page, "demo.echo finished")).toBeHidden();
  await expect(toast(page, "demo.fail failed")).toBeVisible();

  await toast(page, "demo.fail failed")
    .getByRole("link", { name: isMobile ? "demo.fail failed" : "Open" })
    .click();
  await expect(page).toHaveURL(new RegExp(`/jobs/${bad.id}$`));
  await expect(toast(page, "demo.fail failed")).toBeHidden();
  expect(good.id).not.toBe(bad.id);
});

test("more than three outcomes at once are one message", async ({ page, person }) => {
  await page.goto("jobs");
  await live(page);
  await person.submitAll(
    Array.from({ length: 12 }, (_, index) => ({ kind: "demo.echo", payload: { value: index } })),
  );
  const told = toast(page, "12 jobs completed");
  await expect(told).toBeVisible();
  await expect(page.locator('[data-sonner-toast][data-removed="false"]')).toHaveCount(1);
  await told.getByRole("link", { name: "Open" }).click();
  await expect(page).toHaveURL(/\/jobs\?state=/);
  await expect(page.locator('[role="row"][data-job] [data-state="completed"]')).toHaveCount(12);
});

test("a job that waits to try again says so, and can be tried now", async ({ page, person }) => {
  const { id } = await person.submit({
    kind: "demo.fail",
    payload: { times: 1 },
    backoff: { strategy: "fixed", base_seconds: 3600 },
  });
  await person.until(id, "retrying");
  await page.goto(`jobs/${id}`);
  await expectState(jobHead(page), "retrying");
  await page.getByRole("button", { name: "Retry now" }).click();
  await expectState(jobHead(page), "completed");
  await expect(
    page.getByRole("complementary", { name: "Timeline and properties" }).getByRole("listitem"),
  ).toContainText([
    "Submitted",
    "Waited",
    "Attempt 1 failed",
    "Waited to try again",
    "Retried",
    "Waited",
    "Attempt 2 completed",
    "Completed",
  ]);
});

test("the overview says what needs somebody, once per kind of failure, and retries all of them", async ({
  page,
  person,
}) => {
  const ids = await person.submitAll([FAILS_ONCE, FAILS_ONCE, FAILS_ONCE]);
  for (const id of ids) await person.until(id, "failed");
  await page.goto("");
  await expect(page.getByText("3 demo.fail jobs failed the same way.")).toBeVisible();
  await page.getByRole("button", { name: "Retry 3" }).click();
  for (const id of ids) await person.until(id, "completed");
  await expect(page.getByRole("heading", { name: "Needs you" })).toBeHidden();
});

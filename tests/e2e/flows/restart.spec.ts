// The server itself goes away: on a Jobyard of this test's own.
import { expect, testWithOwnStack as test } from "../test.ts";
import { expectState, live, row, toast } from "../yard.ts";

test.use({ expectedErrors: /WebSocket connection to .* failed|status of 50\d |ERR_/ });

test("an API that is killed comes back, the page with it, and the job of before is told when it is done", {
  tag: "@desktop",
}, async ({ page, person, stack }) => {
  await page.goto("jobs");
  await live(page);
  const { id } = await person.submit({ kind: "demo.echo", payload: { value: "hello" }, delay_seconds: 20 });
  await expectState(row(page, id), "scheduled");

  const { pid } = stack.api;
  process.kill(pid, "SIGKILL");
  await expect(page.locator('[data-live]:not([data-live="connected"])').first()).toBeAttached();
  await expect(page.locator('[data-live="connected"]').first()).toBeAttached({ timeout: 120_000 });
  await expect(toast(page, "demo.echo finished")).toHaveCount(1, { timeout: 120_000 });
  await expectState(row(page, id), "completed");
  expect(stack.api.pid).not.toBe(pid);
  await expect(page.getByRole("heading", { name: "Jobs", exact: true })).toBeVisible();
});

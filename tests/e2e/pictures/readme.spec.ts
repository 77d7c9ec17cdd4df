// The three pictures of the README.
import { expect, testWithOwnStack as test } from "../test.ts";
import { expectState, jobHead, live, row } from "../yard.ts";
import { MARA, workday } from "./workday.ts";

const SHOTS = new URL("../../../docs/screenshots/", import.meta.url).pathname;

test.use(MARA);

test("overview, jobs and a job", async ({ page, person, target, stack }) => {
  const { sync, failed } = await workday(person, target, stack);
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.goto("");
  await live(page);
  await expect(page.getByRole("heading", { name: "Needs you" })).toBeVisible();
  await expect(page.getByRole("progressbar").first()).toBeVisible();
  await page.screenshot({ path: `${SHOTS}overview.png` });

  await page.goto("jobs");
  await live(page);
  await expectState(row(page, sync), "running");
  await page.screenshot({ path: `${SHOTS}jobs.png` });

  await page.goto(`jobs/${failed}`);
  await live(page);
  await expectState(jobHead(page), "failed");
  await expect(page.getByRole("heading", { name: "Attempts" })).toBeVisible();
  await page.screenshot({ path: `${SHOTS}job.png` });
});

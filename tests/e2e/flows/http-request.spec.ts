import { expect, testWithOwnStack as test } from "../test.ts";
import { card, expectState, go, jobHead, jobInUrl, keepToast, live, pickKind, row, toast } from "../yard.ts";

test.use({ settings: { JOBYARD_WORKER_SLOTS: "1" } });

test("a job from the form is seen waiting, running and done in the table, and opens with all that there is", {
  tag: "@core",
}, async ({ page, person, stranger, target }) => {
  // Somebody else keeps the only slot busy, so that this job has to wait for it.
  await stranger.submit({ kind: "http.request", payload: { url: target.url("/held/others") } });
  await expect.poll(() => target.waiting("/held/others"), "requests of somebody else").toBe(1);
  await person.submit({ kind: "demo.echo", payload: { value: "hello" }, delay_seconds: 3600 });

  await page.goto("");
  await live(page);
  await page.evaluate(() => Object.assign(window, { loadedOnce: true }));
  await page.getByRole("link", { name: "New job" }).click();
  await pickKind(page, "http.request");
  await page.getByLabel(/^url/).fill(target.url("/held/mine"));
  await page.getByLabel(/^method/).selectOption("POST");
  await page.getByLabel(/^body/).fill('{"order": 4711}');
  await page.getByRole("button", { name: "Submit job" }).click();
  const id = await jobInUrl(page);

  await go(page, "Jobs");
  await expectState(row(page, id), "pending");
  target.release("/held/others");
  await expectState(row(page, id), "running");
  await expect.poll(() => target.waiting("/held/mine"), "requests that wait for their answer").toBe(1);
  target.release("/held/mine");
  const told = toast(page, "http.request finished");
  await keepToast(told);
  await expectState(row(page, id), "completed");
  expect(target.received.find(({ path }) => path === "/held/mine")).toMatchObject({
    method: "POST",
    body: '{"order": 4711}',
  });

  await told.getByRole("link", { name: "http.request finished" }).click();
  await expect(page).toHaveURL(new RegExp(`/app/jobs/${id}$`));
  await expectState(jobHead(page), "completed");
  const rail = page.getByRole("complementary", { name: "Timeline and properties" });
  await expect(rail.getByRole("listitem")).toContainText([
    "Submitted",
    "Waited",
    "Attempt 1 completed",
    "Completed",
  ]);
  await expect(card(page, "Attempts")).toContainText("1 of 5 used");
  await expect(card(page, "Payload")).toContainText("/held/mine");
  await expect(card(page, "Result")).toContainText("/held/mine");
  await expect(card(page, "Result")).toContainText("200");
  expect(await page.evaluate(() => "loadedOnce" in window), "the page was not loaded anew").toBe(true);
});

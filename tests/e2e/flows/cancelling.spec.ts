import { expect, test } from "../test.ts";
import { expectState, go, jobHead, jobInUrl, live, pickKind, row } from "../yard.ts";

test("a job that waits for its time and one that runs are cancelled", {
  tag: "@core",
}, async ({ page, person }) => {
  expect(person.email).toBeTruthy();
  await page.goto("jobs/new");
  await pickKind(page, "demo.echo");
  await page.getByLabel(/^value/).fill('"later"');
  await page.getByRole("group", { name: "Run" }).getByRole("button", { name: "In…" }).click();
  await page.getByLabel("In how many").fill("2");
  await page.getByLabel("Of what").selectOption("h");
  await page.getByRole("button", { name: "Submit job" }).click();
  const waiting = await jobInUrl(page);
  await expectState(jobHead(page), "scheduled");
  await page.getByRole("button", { name: "Cancel" }).click();
  await expectState(jobHead(page), "cancelled");

  const running = await person.submit({ kind: "demo.sleep", payload: { seconds: 600 } });
  await page.goto(`jobs/${running.id}`);
  await expectState(jobHead(page), "running");
  await page.getByRole("button", { name: "Cancel" }).click();
  await expectState(jobHead(page), "cancelled");
  await expect(page.getByRole("button", { name: "Cancel" })).toHaveCount(0);

  await go(page, "Jobs");
  await expectState(row(page, waiting), "cancelled");
  await expectState(row(page, running.id), "cancelled");
});

test("a handler that does not hear at once is said to be stopping", async ({ page, person, target }) => {
  const { id } = await person.submit({ kind: "http.request", payload: { url: target.url("/held/slow") } });
  await person.until(id, "running");
  await page.goto(`jobs/${id}`);
  await live(page);
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(jobHead(page)).toContainText("stopping");
  await expectState(jobHead(page), "cancelled");
});

test("many are cancelled at once from the table, and it says how many there were", {
  tag: "@desktop",
}, async ({ page, person }) => {
  const ids = await person.submitAll(
    Array.from({ length: 5 }, () => ({ kind: "demo.echo", payload: { value: 1 }, delay_seconds: 3600 })),
  );
  await page.goto("jobs");
  await row(page, ids[4] ?? "")
    .getByRole("checkbox")
    .click();
  await row(page, ids[1] ?? "")
    .getByRole("checkbox")
    .click({ modifiers: ["Shift"] });
  const bar = page.getByRole("toolbar", { name: "4 jobs selected" });
  await bar.getByRole("button", { name: "Cancel 4" }).click();
  for (const id of ids.slice(1)) await expectState(row(page, id), "cancelled");
  await expectState(row(page, ids[0] ?? ""), "scheduled");
});

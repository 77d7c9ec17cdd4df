import { expect, test } from "../test.ts";
import { expectState, row } from "../yard.ts";

test("filters in the address narrow the table, and what is no filter is left out", async ({
  page,
  person,
}) => {
  const [waits = "", runs = ""] = await person.submitAll([
    { kind: "demo.echo", payload: { value: 1 }, delay_seconds: 3600 },
    { kind: "demo.echo", payload: { value: 2 } },
  ]);
  await person.until(runs, "completed");
  await page.goto("jobs?state=scheduled");
  await expectState(row(page, waits), "scheduled");
  await expect(row(page, runs)).toHaveCount(0);
  await page.goto("jobs?state=nonsense&priority=urgent&kind=&page=3");
  await expectState(row(page, waits), "scheduled");
  await expectState(row(page, runs), "completed");
});

test("an address that names a kind preselects it, and one that names two picks none", async ({
  page,
  person,
}) => {
  expect(person.email).toBeTruthy();
  await page.goto("jobs/new?kind=demo.sleep");
  await expect(page.getByLabel(/^seconds/)).toBeVisible();
  await page.goto("jobs/new?kind=demo.sleep&kind=demo.echo");
  await expect(page.getByRole("main").getByRole("button", { name: "http.request" })).toBeVisible();
});

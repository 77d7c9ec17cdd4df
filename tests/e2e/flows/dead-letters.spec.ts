import { look, showIn, THEMES } from "../look.ts";
import type { Person } from "../person.ts";
import { expect, test } from "../test.ts";
import { expectState, jobHead, live, toast } from "../yard.ts";

/** Three that failed one way, and one that failed another. */
async function failSome(person: Person): Promise<string[]> {
  const closed = { times: 1, retryable: false, message: "The ledger of March is closed." };
  const gone = { times: 1, retryable: false, message: "No such customer." };
  const ids = await person.submitAll(
    [closed, closed, closed, gone].map((payload) => ({ kind: "demo.fail", payload, tags: ["books"] })),
  );
  for (const id of ids) await person.until(id, "failed");
  return ids;
}

test("failed jobs stand in groups, and are retried one by one, by group, and all", async ({
  page,
  person,
}) => {
  const ids = await failSome(person);
  await page.goto("dead-letters");
  await live(page);
  const groups = page.locator("article[data-group]");
  await expect(groups).toHaveCount(2);
  const [closed, gone] = [
    groups.filter({ hasText: "The ledger of March is closed." }),
    groups.filter({ hasText: "No such customer." }),
  ];
  await expect(closed.getByRole("button", { name: "Retry 3" })).toBeVisible();
  await closed
    .getByRole("button", { name: /^Retry job/ })
    .first()
    .click();
  await expect(closed.getByRole("button", { name: "Retry 2" })).toBeVisible();
  await closed.getByRole("button", { name: "Retry 2" }).click();
  await expect(closed).toHaveCount(0);
  for (const id of ids.slice(0, 3)) await person.until(id, "completed");

  await expect(gone.getByRole("button", { name: "Retry 1" })).toBeVisible();
  await page.getByRole("button", { name: "Retry all" }).click();
  await page
    .getByRole("dialog", { name: "Retry 1 job?" })
    .getByRole("button", { name: "Retry 1 job" })
    .click();
  await expect(page.getByRole("heading", { name: "No dead letters" })).toBeVisible();
});

test("a group is discarded after it was said how many there are", async ({ page, person }) => {
  await failSome(person);
  await page.goto("dead-letters");
  const closed = page.locator("article[data-group]").filter({ hasText: "The ledger of March is closed." });
  await closed.getByRole("button", { name: /^Discard 3/ }).click();
  await page
    .getByRole("dialog", { name: "Discard 3 jobs?" })
    .getByRole("button", { name: "Discard 3 jobs" })
    .click();
  await expect(toast(page, "Discarded 3 jobs")).toBeVisible();
  await expect(closed).toHaveCount(0);
  await expect(page.locator("article[data-group]")).toHaveCount(1);
});

test("a group leads to its jobs, and a job to its page", async ({ page, person }) => {
  const [first = ""] = await failSome(person);
  await page.goto("dead-letters?q=ledger");
  const group = page.locator("article[data-group]");
  await expect(group).toHaveCount(1);
  await group.getByRole("link", { name: `Open job …${first.slice(-6)}` }).click();
  await expect(page).toHaveURL(new RegExp(`/jobs/${first}$`));
  await expectState(jobHead(page), "failed");
  await page.getByRole("link", { name: "2 other jobs" }).click();
  await expect(page).toHaveURL(/fingerprint=/);
  await expect(page.locator('[role="row"][data-job]')).toHaveCount(3);
});

for (const theme of THEMES) {
  test(`how the dead letters look, ${theme}`, async ({ page, person }) => {
    await showIn(page, theme);
    await page.goto("dead-letters");
    await expect(page.getByRole("heading", { name: "No dead letters" })).toBeVisible();
    await look(page, theme, "dead-letters-empty");
    await failSome(person);
    await person.submit({ kind: "http.request", payload: { url: "http://169.254.169.254/" } });
    await expect(page.locator("article[data-group]")).toHaveCount(3);
    await page.reload();
    await expect(page.getByRole("link", { name: /^Open job/ }).first()).toBeVisible();
    await look(page, theme, "dead-letters");
    await page.goto("dead-letters?q=nothing-like-it");
    await expect(page.getByRole("heading", { name: /^No failed jobs with/ })).toBeVisible();
    await look(page, theme, "dead-letters-no-match");
  });
}

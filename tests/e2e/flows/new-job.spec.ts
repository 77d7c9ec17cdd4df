import { expect, test } from "../test.ts";
import { expectState, jobHead, REFUSED_422 } from "../yard.ts";

test.use({ expectedErrors: REFUSED_422 });

test("shows what is missing, and what the server refuses, beside its field", async ({
  page,
  person,
  target,
}) => {
  expect(person.email).toBeTruthy();
  await page.goto("jobs/new?kind=http.request");
  await page.getByRole("button", { name: "Submit job" }).click();
  const url = page.getByLabel(/^url/);
  await expect(url).toBeFocused();
  await expect(url).toHaveAccessibleDescription(/Required/);
  await expect(page.getByRole("status").filter({ hasText: "1 field to fix" })).toBeVisible();

  await url.fill(target.url("/"));
  await page.getByRole("button", { name: "JSON", exact: true }).click();
  await page
    .getByLabel("Payload as JSON")
    .fill(JSON.stringify({ url: target.url("/"), headers: { Host: "elsewhere.example.org" } }));
  const refused = page.waitForResponse((response) => response.status() === 422);
  await page.getByRole("button", { name: "Submit job" }).click();
  await refused;
  await expect(page.getByText("/headers/Host")).toBeVisible();
  await expect(page).toHaveURL(/\/jobs\/new/);
});

test("a private address that the operator did not allow fails for good and says why", async ({
  page,
  person,
}) => {
  const { id } = await person.submit({ kind: "http.request", payload: { url: "http://169.254.169.254/" } });
  await page.goto(`jobs/${id}`);
  await expectState(jobHead(page), "failed");
  await expect(page.getByRole("region", { name: "Why" })).toContainText("not allowed");
});

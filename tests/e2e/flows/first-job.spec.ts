import { newAccount } from "../person.ts";
import { expect, test } from "../test.ts";
import { expectState, JOB_URL, jobHead, keepToast, live, REFUSED_401, toast } from "../yard.ts";

test.use({ expectedErrors: REFUSED_401 });

test("a newcomer makes an account, sends the demo job and is told when it is done", {
  tag: ["@core", "@first"],
}, async ({ page }) => {
  const { email, password } = newAccount();
  await page.goto("");
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await page.getByRole("link", { name: "Make an account" }).click();
  await page.getByLabel("Name").fill("Mara Lind");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Make account" }).click();

  await expect(page.getByRole("heading", { name: "Nothing in the yard yet" })).toBeVisible();
  await live(page);
  await page.getByRole("button", { name: "Submit a demo job" }).click();
  await expect(page.getByRole("main").getByRole("link", { name: /^Running: demo\.sleep/ })).toBeVisible();

  const told = toast(page, "demo.sleep finished");
  await keepToast(told);
  await expect(page.getByRole("link", { name: /^Completed: demo\.sleep completed in/ })).toBeVisible();
  await told.getByRole("link", { name: "demo.sleep finished" }).click();
  await expect(page).toHaveURL(JOB_URL);
  await expectState(jobHead(page), "completed");
});

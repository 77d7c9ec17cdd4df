import { newAccount, Person } from "../person.ts";
import { expect, test } from "../test.ts";
import { expectState, jobHead, live, REFUSED_404, row, signIn, signOut } from "../yard.ts";

test.use({ expectedErrors: /status of (401 .*\/(token\/refresh|login)|(409|422) .*\/signup)\)$/ });

test("a reload keeps the session, signing out ends it, and a deep link comes back after signing in", {
  tag: "@core",
}, async ({ page, person }) => {
  const { id } = await person.submit({ kind: "demo.echo", payload: { value: "hello" } });
  await page.goto("jobs");
  await expect(page.getByRole("heading", { name: "Jobs", exact: true })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Jobs", exact: true })).toBeVisible();

  await signOut(page);
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();

  await page.goto(`jobs/${id}`);
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await expect(page.getByText("You will go straight to job")).toBeVisible();
  await signIn(page, person);
  await expect(page).toHaveURL(new RegExp(`/app/jobs/${id}$`));
  await expect(jobHead(page).getByRole("heading", { name: "demo.echo" })).toBeVisible();
});

test("the token is in memory alone, and the cookie is not for scripts", async ({ page, context, person }) => {
  expect(person.email).toBeTruthy();
  await page.goto("");
  await live(page);
  const stored = await page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
  );
  expect(stored).not.toContain("eyJ");
  expect(stored).not.toContain("jobyard=");
  const cookies = await context.cookies();
  expect(cookies.map(({ name, httpOnly, sameSite }) => ({ name, httpOnly, sameSite }))).toEqual([
    { name: "jobyard", httpOnly: true, sameSite: "Strict" },
  ]);
});

for (const to of [
  "//elsewhere.example.org/",
  "https://elsewhere.example.org/",
  "/\\elsewhere.example.org/",
]) {
  test(`a link that wants to lead away to ${to} leads to the overview`, async ({ page, person, origin }) => {
    await page.goto("");
    await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
    await page.goto(`sign-in?to=${encodeURIComponent(to)}`);
    await expect(page).toHaveURL(`${origin}/app/`);
    await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();

    await page.context().clearCookies();
    await page.goto(`sign-in?to=${encodeURIComponent(to)}`);
    await signIn(page, person);
    await expect(page).toHaveURL(`${origin}/app/`);
    await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  });
}

test("a wrong password is told beside the password, and the right one then works", async ({
  page,
  stranger,
}) => {
  await page.goto("sign-in");
  await signIn(page, { email: stranger.email, password: "not the password" });
  const password = page.getByLabel("Password", { exact: true });
  await expect(password).toHaveAccessibleDescription("That email and password do not match.");
  await expect(password).toHaveAttribute("aria-invalid", "true");
  await signIn(page, stranger);
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
});

test("what the server does not take at sign-up stands beside its field", async ({ page, stranger }) => {
  await page.goto("sign-up");
  const email = page.getByLabel("Email");
  const password = page.getByLabel("Password", { exact: true });
  await email.fill(newAccount().email);
  await password.fill("1234567890"); // long enough, and among the commonest
  await page.getByRole("button", { name: "Make account" }).click();
  await expect(password).toHaveAttribute("aria-invalid", "true");
  await expect(password).toHaveAccessibleDescription(/common/);

  await email.fill(stranger.email.toUpperCase());
  await password.fill("shunting yard at noon");
  await page.getByRole("button", { name: "Make account" }).click();
  await expect(email).toHaveAccessibleDescription(/This email has an account\. Sign in instead/);
});

test("another user sees nothing of the first one's jobs", async ({ page, person, otherBrowser, origin }) => {
  const { id } = await person.submit({ kind: "demo.echo", payload: { value: "mine" } });
  await page.goto(`jobs/${id}`);
  await expect(jobHead(page)).toBeVisible();

  const other = otherBrowser.page;
  const stranger = await Person.signUp(otherBrowser.context.request, origin, "Jo Brandt");
  expect((await stranger.get(`/jobs/${id}`)).status()).toBe(404);
  expect((await stranger.post(`/jobs/${id}/cancel`)).status()).toBe(404);
  await other.goto("jobs");
  await live(other);
  await expect(other.getByRole("heading", { name: "Nothing in the yard yet" })).toBeVisible();
  const mine = await person.submit({ kind: "demo.echo", payload: { value: "mine too" } });
  const theirs = await stranger.submit({ kind: "demo.echo", payload: { value: "theirs" } });
  await expectState(row(other, theirs.id), "completed");
  await expect(row(other, mine.id)).toHaveCount(0);
});

test.describe("a link to somebody else's job", () => {
  test.use({ expectedErrors: REFUSED_404 });

  test("leads to a page that says no more than that there is none", async ({ page, person, stranger }) => {
    expect(person.email).toBeTruthy();
    const { id } = await stranger.submit({ kind: "demo.echo", payload: { value: "theirs" } });
    await page.goto(`jobs/${id}`);
    await expect(page.getByRole("heading", { name: "No such job here" })).toBeVisible();
    await expect(page.getByRole("main")).not.toContainText("demo.echo");
  });
});

test.describe("a token that is refused before its time", () => {
  test.use({ expectedErrors: /status of 401 .*\/jobs/ });
  test("is renewed without a word", async ({ page, person }) => {
    await person.submit({ kind: "demo.echo", payload: { value: 1 } });
    await page.goto("");
    await live(page);
    let refused = 0;
    await page.route(/\/jobs\/counts|\/jobs\?/, async (route) => {
      if (refused > 0) return route.fallback();
      refused += 1;
      return route.fulfill({ status: 401, contentType: "application/problem+json", body: '{"status": 401}' });
    });
    const renewed = page.waitForResponse(/\/token\/refresh$/);
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Jobs" }).click();
    expect((await renewed).status()).toBe(200);
    await expect(page.getByRole("row").filter({ hasText: "demo.echo" })).toBeVisible();
    await expect(page).toHaveURL(/\/app\/jobs$/);
    expect(refused).toBe(1);
  });
});

test.describe("two tabs", { tag: "@desktop" }, () => {
  test("keep their session when both come at once, have one line between them, and end together", async ({
    page,
    context,
    person,
  }) => {
    const second = await context.newPage();
    await Promise.all([page.goto("jobs"), second.goto("")]);
    await Promise.all([page.reload(), second.reload()]);
    await Promise.all([live(page), live(second)]);

    const { id } = await person.submit({ kind: "demo.echo", payload: { value: "hello" } });
    await expectState(row(page, id), "completed");
    await expect(second.getByRole("link", { name: /^Completed: demo\.echo/ })).toBeVisible();

    await signOut(second);
    await expect(second.getByRole("heading", { name: "Sign in" })).toBeVisible();
    await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  });
});

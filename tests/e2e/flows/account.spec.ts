// The ways in and out that go by mail: on a Jobyard of this file's own, which is for one domain and sends letters.
import { look, showIn, THEMES } from "../look.ts";
import { linkIn, Mailbox } from "../mailbox.ts";
import { newAccount } from "../person.ts";
import { expect, test, testWithOwnStack } from "../test.ts";
import { live, REFUSED_401, signIn, signOut } from "../yard.ts";

const withMail = testWithOwnStack.extend<{ mailbox: Mailbox }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from its pattern
  mailbox: async ({}, use) => {
    const mailbox = await Mailbox.open();
    await use(mailbox);
    await mailbox.close();
  },
  settings: async ({ mailbox }, use) =>
    use({
      JOBYARD_SIGNUP: "domain:example.org",
      JOBYARD_SMTP_URL: mailbox.url,
      JOBYARD_MAIL_FROM: "jobs@example.org",
    }),
});

withMail.describe("by mail", () => {
  withMail.use({ expectedErrors: /status of (401|403|422) / });

  withMail(
    "an address is confirmed before anything else, and a forgotten password is set anew",
    async ({ page, mailbox }) => {
      withMail.setTimeout(300_000);
      const { email, password } = newAccount();
      await showIn(page, "light");
      await page.goto("sign-in");
      await page.getByLabel("Email").fill(email);
      await page.getByRole("link", { name: "Make an account" }).click();
      await expect(page.getByLabel("Email")).toHaveValue(email);
      await expect(page.getByText("An address at example.org.")).toBeVisible();
      await look(page, "light", "sign-up-domain");

      await page.getByLabel("Email").fill("mara@elsewhere.example.com");
      await page.getByLabel("Password", { exact: true }).fill(password);
      await page.getByRole("button", { name: "Make account" }).click();
      await expect(page.getByLabel("Email")).toHaveAccessibleDescription(
        /for addresses at example.org alone/,
      );

      await page.getByLabel("Email").fill(email);
      await page.getByRole("button", { name: "Make account" }).click();
      await expect(page.getByRole("heading", { name: "Confirm your address" })).toBeVisible();
      await look(page, "light", "confirm-first");
      await expect.poll(() => mailbox.to(email).length, { timeout: 60_000 }).toBe(1);

      // The link is opened in another tab; the first goes on by itself.
      const other = await page.context().newPage();
      const link = linkIn(mailbox.to(email)[0]);
      await other.goto(link);
      await expect(other).toHaveURL(/\/app\/verify-email$/); // the token is out of the address
      await look(other, "light", "verify-email");
      await other.getByRole("button", { name: "Confirm address" }).click();
      await expect(other.getByRole("heading", { name: "Your address is confirmed" })).toBeVisible();
      await expect(page.getByRole("heading", { name: "Nothing in the yard yet" })).toBeVisible({
        timeout: 60_000,
      });
      await live(page);
      // Good once.
      await other.goto("about:blank"); // with the page open, another hash alone loads nothing
      await other.goto(link);
      await other.getByRole("button", { name: "Confirm address" }).click();
      await expect(other.getByRole("heading", { name: "This link is not good" })).toBeVisible();
      await other.close();

      await signOut(page);
      await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
      await page.getByLabel("Email").fill(email);
      await page.getByRole("link", { name: "Forgot password?" }).click();
      await expect(page.getByLabel("Email")).toHaveValue(email);
      await look(page, "light", "forgot-password");
      await page.getByRole("button", { name: "Send the link" }).click();
      await expect(page.getByRole("heading", { name: "Look into your mail" })).toBeVisible();
      await look(page, "light", "forgot-password-sent");
      await expect.poll(() => mailbox.to(email).length, { timeout: 60_000 }).toBe(2);

      await page.goto(linkIn(mailbox.to(email)[1]));
      await expect(page).toHaveURL(/\/app\/reset-password$/);
      await page.reload(); // a phone that was put away for the mail loads the page anew
      await look(page, "light", "reset-password");
      await page.getByLabel("New password", { exact: true }).fill("another yard at noon");
      await page.getByRole("button", { name: "Set password" }).click();
      await expect(page.getByRole("heading", { name: "Your new password is set" })).toBeVisible();
      await page.getByRole("link", { name: "Sign in" }).click();
      await signIn(page, { email, password });
      await expect(page.getByText("That email and password do not match.")).toBeVisible();
      await signIn(page, { email, password: "another yard at noon" });
      await expect(page.getByRole("heading", { name: "Nothing in the yard yet" })).toBeVisible();
    },
  );
});

const closed = testWithOwnStack.extend({ settings: { JOBYARD_SIGNUP: "closed" } });

closed("where sign-up is closed the door says so", { tag: "@desktop" }, async ({ page }) => {
  await showIn(page, "light");
  await page.goto("sign-in");
  await expect(page.getByText("Sign-up is closed here")).toBeVisible();
  await look(page, "light", "sign-in-closed");
  await page.goto("sign-up");
  await expect(page.getByRole("heading", { name: "Sign-up is closed" })).toBeVisible();
  await look(page, "light", "sign-up-closed");
  // As invitations spell it, with what they carry.
  await page.goto("signup#invitation=one");
  await expect(page).toHaveURL(/\/app\/sign-up$/);
});

for (const theme of THEMES) {
  test(`links that are not good, ${theme}`, async ({ page }) => {
    await showIn(page, theme);
    await page.goto("reset-password");
    await expect(page.getByRole("heading", { name: "This link is not good" })).toBeVisible();
    await look(page, theme, "reset-password-bad");
    await page.goto("verify-email#token=no-such-token");
    await expect(page.getByRole("button", { name: "Confirm address" })).toBeVisible();
    await look(page, theme, "verify-email");
    await page.goto("forgot-password");
    await expect(page.getByText("This server sends no mail")).toBeVisible();
    await look(page, theme, "forgot-password-no-mail");
  });
}

test.describe("two tabs at the door", () => {
  test.use({ expectedErrors: REFUSED_401 });

  test("who signs in in one is in in the other, where that one wanted to go", {
    tag: "@desktop",
  }, async ({ page, stranger, context }) => {
    await page.goto("sign-in");
    const other = await context.newPage();
    await other.goto("jobs");
    await expect(other.getByRole("heading", { name: "Sign in" })).toBeVisible();
    await signIn(page, stranger);
    await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
    await expect(other.getByRole("heading", { name: "Jobs", exact: true })).toBeVisible();
  });
});

import { expect, test } from "../test.ts";
import { expectState, jobHead, jobInUrl, live, row, toast } from "../yard.ts";

test.describe("by keyboard alone", { tag: "@desktop" }, () => {
  test("from signing in to a job that is submitted, found, cancelled and retried", async ({
    page,
    stranger,
  }) => {
    await page.goto("sign-in");
    await expect(page.getByLabel("Email")).toBeFocused();
    await page.keyboard.type(stranger.email);
    await page.keyboard.press("Tab");
    await page.keyboard.type(stranger.password);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
    await live(page);

    await page.keyboard.press("n");
    await expect(page.getByRole("heading", { name: "New job" })).toBeVisible();
    const card = page.getByRole("main").getByRole("button", { name: "demo.sleep" });
    await expect(card).toBeVisible();
    for (let tabs = 0; tabs < 40 && !(await isFocused(card)); tabs += 1) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    const seconds = page.getByLabel(/^seconds/);
    await expect(seconds).toBeVisible();
    for (let tabs = 0; tabs < 40 && !(await isFocused(seconds)); tabs += 1) await page.keyboard.press("Tab");
    await page.keyboard.type("600");
    await page.keyboard.press("Control+Enter");
    const id = await jobInUrl(page);
    await expectState(jobHead(page), "running");

    await page.keyboard.press("g");
    await page.keyboard.press("j");
    await expectState(row(page, id), "running");
    await page.keyboard.press("j");
    await page.keyboard.press("c");
    await expectState(row(page, id), "cancelled");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(new RegExp(`/jobs/${id}$`));
    await page.keyboard.press("r");
    await expectState(jobHead(page), "running");
    await page.keyboard.press("c");
    await expectState(jobHead(page), "cancelled");
    await page.keyboard.press("g");
    await page.keyboard.press("o");
    await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  });

  test("j and k move through the table, x picks, Escape lets go, f shows the failed ones", async ({
    page,
    person,
  }) => {
    const ids = await person.submitAll(
      Array.from({ length: 3 }, () => ({ kind: "demo.echo", payload: { value: 1 }, delay_seconds: 3600 })),
    );
    const [first = "", second = "", third = ""] = ids;
    await page.goto("jobs");
    await expectState(row(page, first), "scheduled");
    // The newest is on top.
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await expect(row(page, second)).toHaveAttribute("aria-selected", "true");
    await page.keyboard.press("k");
    await page.keyboard.press("x");
    await expect(row(page, third)).toHaveAttribute("aria-selected", "true");
    await expect(page.getByRole("toolbar", { name: "2 jobs selected" })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("toolbar")).toHaveCount(0);
    await expect(row(page, second)).toHaveAttribute("aria-selected", "false");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(new RegExp(`/jobs/${third}$`));
    await page.goBack();
    await page.keyboard.press("f");
    await expect(page).toHaveURL(/state=/);
    await expect(page.getByRole("heading", { name: "No failed jobs" })).toBeVisible();
  });

  test("help lists the keys, and t switches the theme", async ({ page, person }) => {
    expect(person.email).toBeTruthy();
    await page.goto("");
    await live(page);
    await page.keyboard.press("Shift+?");
    const help = page.getByRole("dialog", { name: "Keys" });
    await expect(help).toBeVisible();
    await expect(help.getByText("Go to the jobs")).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(help).toBeHidden();
    const theme = page.locator("html");
    await expect(theme).toHaveAttribute("data-theme", "light");
    await page.keyboard.press("t");
    await expect(theme).toHaveAttribute("data-theme", "dark");
    await page.reload();
    await expect(theme).toHaveAttribute("data-theme", "dark");
  });

  test("Ctrl K finds a screen by its name, and a job by its id", async ({ page, person }) => {
    const { id } = await person.submit({ kind: "demo.echo", payload: { value: 1 } });
    await page.goto("");
    await live(page);
    await page.keyboard.press("Control+k");
    await expect(page.getByRole("combobox", { name: "Search or run" })).toBeFocused();
    await page.keyboard.type("jobs");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/app\/jobs$/);
    await page.keyboard.press("Control+k");
    await expect(page.getByRole("combobox", { name: "Search or run" })).toBeFocused();
    await page.keyboard.type(id);
    await expect(page.getByRole("option").first()).toContainText(id.slice(-6));
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(new RegExp(`/jobs/${id}$`));
  });

  test("Alt T leads to the messages, whose link can be followed", async ({ page, person }) => {
    await page.goto("");
    await live(page);
    const { id } = await person.submit({ kind: "demo.fail", payload: { times: 1, retryable: false } });
    const open = toast(page, "demo.fail failed").getByRole("link", { name: "Open" });
    await expect(open).toBeVisible();
    await page.keyboard.press("Alt+t");
    for (let tabs = 0; tabs < 10 && !(await isFocused(open)); tabs += 1) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(new RegExp(`/jobs/${id}$`));
  });
});

function isFocused(locator: import("@playwright/test").Locator): Promise<boolean> {
  return locator.evaluate((element) => element === document.activeElement);
}

import { expect, test } from "../test.ts";

test.use({ expectedErrors: /Content Security Policy/ });

test("a script that is not the page's own does not run, and is what the guard of every test would see", async ({
  page,
}) => {
  const refused = page.waitForEvent("console", (message) =>
    message.text().includes("Content Security Policy"),
  );
  await page.goto("sign-in");
  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.intruder = true";
    document.body.append(script);
  });
  expect((await refused).type()).toBe("error");
  expect(await page.evaluate(() => "intruder" in window)).toBe(false);
});

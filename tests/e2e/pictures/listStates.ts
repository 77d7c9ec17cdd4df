// What a list shows when it has nothing to show, as one picture: before the first job, while it is read, when nothing
// matches, and when it could not be read while the live line is cut.
import type { Page } from "@playwright/test";
import { expect } from "../test.ts";
import { live } from "../yard.ts";

/** So wide that the panel beside the sidebar is one of four on a screen. */
const QUARTER = { width: 836, height: 446 };

const AWAY = {
  status: 503,
  contentType: "application/problem+json",
  headers: { "Retry-After": "5", "X-Request-Id": "01a20ddf-c4e1" },
  body: JSON.stringify({ title: "Service Unavailable", status: 503, detail: "The database is away." }),
};
const LISTS = /\/jobs(\?|\/counts)/;

/** `page` is somebody's who has jobs, `newcomer` is somebody's who has none; takes the picture and leaves. */
export async function listStates(page: Page, newcomer: Page, path: string, quality: number): Promise<void> {
  await page.setViewportSize(QUARTER);
  await newcomer.setViewportSize(QUARTER);
  const panels: Buffer[] = [];
  const shoot = async (of: Page) =>
    panels.push(await of.locator("main").screenshot({ animations: "disabled" }));

  await newcomer.goto("");
  await live(newcomer);
  await expect(newcomer.getByRole("heading", { name: "Nothing in the yard yet" })).toBeVisible();
  await shoot(newcomer);

  let go = () => {};
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  await page.route(LISTS, async (route) => {
    if (route.request().resourceType() === "fetch") await held;
    await route.fallback();
  });
  await page.goto("jobs");
  await expect(page.locator('main [aria-busy="true"]').first()).toBeVisible();
  await shoot(page);
  go();
  await page.unroute(LISTS);

  await page.goto("jobs?state=failed&kind=demo.sleep");
  await live(page);
  await expect(page.getByRole("heading", { name: /^No failed demo\.sleep/ })).toBeVisible();
  await shoot(page);

  await page.route(LISTS, (route) =>
    route.request().resourceType() === "fetch" ? route.fulfill(AWAY) : route.fallback(),
  );
  await page.routeWebSocket(/\/ws\/jobs$/, (line) => void line.close({ code: 1012, reason: "restarting" }));
  await page.goto("jobs");
  await expect(page.getByText("Live updates are away since")).toBeVisible();
  await expect(page.getByRole("heading", { name: "The list could not be read" })).toBeVisible();
  await shoot(page);
  await newcomer.context().close();

  await arrange(page, panels);
  await page.locator("body").screenshot({ path, type: "jpeg", quality });
}

/** Two by two on the yard's own colour. */
async function arrange(page: Page, panels: readonly Buffer[]): Promise<void> {
  const images = panels.map(
    (png) => `<img src="data:image/png;base64,${png.toString("base64")}" width="612">`,
  );
  await page.goto("about:blank");
  await page.setViewportSize({ width: 1272, height: 900 });
  await page.setContent(
    `<!doctype html><body style="margin: 0; padding: 16px; background: #f1f1ec; display: grid; gap: 16px; grid-template-columns: 612px 612px">${images.join("")}</body>`,
  );
}

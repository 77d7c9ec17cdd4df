import type { Page, WebSocketRoute } from "@playwright/test";
import { expect, test } from "../test.ts";
import { expectState, live, row, toast } from "../yard.ts";

test("while the live line is cut the page polls and says so; back on it, nothing was missed or told twice", async ({
  page,
  person,
}) => {
  const line = await liveLine(page);
  // Failures, whose messages stay: how long this takes does not matter.
  const failing = (message: string) => ({
    kind: "demo.fail",
    payload: { times: 1, retryable: false, message },
  });
  const { id } = await person.submit({ ...failing("The first."), delay_seconds: 3600 });
  await page.goto("jobs");
  await live(page);

  await line.cut();
  await expect(page.locator('[data-live="polling"]').first()).toBeAttached();
  await person.post(`/jobs/${id}/retry`);
  await expectState(row(page, id), "failed"); // by asking, not by being told
  await expect(page.getByText("Live updates are away since")).toBeVisible();
  await expect(toast(page, "The first.")).toHaveCount(0);

  line.mend();
  await page.getByRole("button", { name: "Try now" }).click();
  await live(page);
  await expect(page.getByText("Live updates are away since")).toBeHidden();
  await expect(toast(page, "The first.")).toHaveCount(1);

  // Cut again: what was told is not told again, and what comes now is told once.
  await page.getByRole("button", { name: "Close" }).click();
  await expect(toast(page, "The first.")).toHaveCount(0);
  await line.cut();
  await expect(page.locator('[data-live="connecting"]').first()).toBeAttached();
  line.mend();
  await page.evaluate(() => dispatchEvent(new Event("online"))); // as a browser says when its network is back
  await live(page);
  await person.submit(failing("The second."));
  await expect(toast(page, "The second.")).toHaveCount(1);
  await expect(toast(page, "The first.")).toHaveCount(0);
});

test("a reload misses no outcome and repeats none", async ({ page, person, target }) => {
  await page.goto("jobs");
  await live(page);
  const first = await person.submit({ kind: "demo.fail", payload: { times: 1, retryable: false } });
  await expect(toast(page, "demo.fail failed")).toHaveCount(1);
  const second = await person.submit({ kind: "http.request", payload: { url: target.url("/held/reload") } });
  await expect.poll(() => target.waiting("/held/reload")).toBe(1);

  await page.goto("about:blank");
  target.release("/held/reload");
  await person.until(second.id, "completed");
  await page.goBack();
  await expect(toast(page, "http.request finished")).toHaveCount(1);
  await expectState(row(page, first.id), "failed");
  await expect(toast(page, "demo.fail failed")).toHaveCount(0);
});

/** The page's socket, through our hands: it can be cut, and is then refused until it is mended. */
async function liveLine(page: Page): Promise<{ cut: () => Promise<void>; mend: () => void }> {
  let whole = true;
  let line: WebSocketRoute | null = null;
  await page.routeWebSocket(/\/ws\/jobs$/, (socket) => {
    if (whole) {
      line = socket;
      socket.connectToServer();
    } else void socket.close({ code: 1012, reason: "restarting" });
  });
  return {
    cut: async () => {
      whole = false;
      await line?.close({ code: 1012, reason: "restarting" });
    },
    mend: () => {
      whole = true;
    },
  };
}

test("an empty table shows a new job at once; a full one counts it until somebody asks", async ({
  page,
  person,
}) => {
  await page.goto("jobs");
  await live(page);
  await expect(page.getByRole("heading", { name: "Nothing in the yard yet" })).toBeVisible();
  const first = await person.submit({ kind: "demo.echo", payload: { value: 1 } });
  await expectState(row(page, first.id), "completed");
  const second = await person.submit({ kind: "demo.echo", payload: { value: 2 } });
  const more = page.getByRole("button", { name: "1 new" });
  await expect(more).toBeVisible();
  await expect(row(page, second.id)).toHaveCount(0);
  await more.click();
  await expectState(row(page, second.id), "completed");
  await expect(more).toBeHidden();
});

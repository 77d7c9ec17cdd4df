// 10,000 rows loaded in the jobs table: what a scroll through them costs, at rest and while each of them runs.
import type { CDPSession, Locator, Page } from "@playwright/test";
import type { Person } from "../person.ts";
import { expect, testWithOwnStack as test } from "../test.ts";
import { live } from "../yard.ts";
import { installMeter } from "./browserMeter.ts";
import { BATCH, batch, countsOf, heapOf, type Measured, quiet, report } from "./load.ts";

const ROWS = Number(process.env.JOBYARD_MEASURE_ROWS ?? 10_000);
/** A brisk hand on the wheel, in px a second. */
const SPEED = 6_000;
const SCROLL_PX = 60_000;

const measured: Measured[] = [];

test(`Jobs with ${ROWS.toLocaleString("en")} rows loaded`, async ({ page, person }) => {
  await page.addInitScript(installMeter);
  await fill(person);
  await page.goto("jobs");
  await live(page);
  const devtools = await page.context().newCDPSession(page);
  const before = await heapOf(devtools);
  await loadAll(page);
  const loaded = await heapOf(devtools);

  await page.evaluate(() => window.meter.reset());
  await scroll(page, devtools, -1);
  const still = await page.evaluate(() => window.meter.read());
  measured.push({ what: "scrolled at rest", ...still, heap: { before, end: loaded, after: loaded } });

  await page.evaluate(() => window.meter.reset());
  await person.post("/jobs/retry", { filter: { state: ["cancelled"] } });
  while ((await countsOf(person)).completed < ROWS) {
    await scroll(page, devtools, 1);
    await scroll(page, devtools, -1);
  }
  const running = await page.evaluate(() => window.meter.read());
  const end = await heapOf(devtools);
  await quiet(person);
  const after = await heapOf(devtools);
  measured.push({ what: "scrolled while all run", ...running, heap: { before: loaded, end, after } });
  // How many it was told is a figure: where the server has too much to tell it says so, and all is read anew.
  expect(running.events, "events").toBeGreaterThan(0);
});

test.afterAll(() => report("rows.md", measured));

/** Jobs that were called off before their time: they stand still until they are asked to run after all. */
async function fill(person: Person): Promise<void> {
  for (let sent = 0; sent < ROWS; sent += BATCH) {
    await person.submitAll(batch(Math.min(BATCH, ROWS - sent), { delay_seconds: 3_600 }));
  }
  await person.post("/jobs/cancel", { filter: { state: ["scheduled"] } });
  await expect.poll(async () => (await countsOf(person)).cancelled, { timeout: 120_000 }).toBe(ROWS);
}

function table(page: Page): Locator {
  return page.getByRole("table", { name: "Jobs" });
}

/** To the end again and again, until there is no more to load. */
async function loadAll(page: Page): Promise<void> {
  await expect(async () => {
    await table(page).evaluate((rows) => {
      const scroller = rows.parentElement;
      if (scroller) scroller.scrollTop = scroller.scrollHeight;
    });
    expect(await table(page).getAttribute("aria-rowcount")).toBe(String(ROWS + 1));
  }).toPass({ intervals: [50], timeout: 240_000 });
}

async function scroll(page: Page, devtools: CDPSession, way: 1 | -1): Promise<void> {
  const box = await table(page).evaluate((rows) => {
    const { left, top, width, height } = (rows.parentElement ?? rows).getBoundingClientRect();
    return { x: Math.round(left + width / 2), y: Math.round(top + height / 2) };
  });
  await devtools.send("Input.synthesizeScrollGesture", {
    ...box,
    yDistance: -way * SCROLL_PX,
    speed: SPEED,
    gestureSourceType: "mouse",
    preventFling: true,
  });
}

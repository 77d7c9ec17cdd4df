// 500 events a second for a minute, through the real engine and the real socket, while somebody uses a screen.
import type { Page } from "@playwright/test";
import type { Person } from "../person.ts";
import { expect, testWithOwnStack as test } from "../test.ts";
import { live } from "../yard.ts";
import { installMeter } from "./browserMeter.ts";
import { useJobs, useOverview, whileIt } from "./hands.ts";
import { batch, heapOf, type Measured, produce, quiet, report } from "./load.ts";

const SECONDS = Number(process.env.JOBYARD_MEASURE_SECONDS ?? 60);
/** Each job is told at least twice: that it is there, and how it ended. */
const JOBS_A_SECOND = Number(process.env.JOBYARD_MEASURE_JOBS ?? 250);
/** With fewer than this of the events that were meant, the other figures are of something else. */
const ENOUGH = 0.8;

const measured: Measured[] = [];

for (const { screen, path, use } of [
  { screen: "Jobs", path: "jobs", use: useJobs },
  { screen: "Overview", path: "", use: useOverview },
]) {
  test(`${screen} at 500 events a second`, async ({ page, person }) => {
    await page.addInitScript(installMeter);
    await warmUp(page, person, path);
    const devtools = await page.context().newCDPSession(page);
    const before = await heapOf(devtools);
    await page.evaluate(() => window.meter.reset());
    await whileIt(produce(person, JOBS_A_SECOND, SECONDS), () => use(page));
    const reading = await page.evaluate(() => window.meter.read());
    const end = await heapOf(devtools);
    await quiet(person);
    const after = await heapOf(devtools);
    measured.push({ what: screen, ...reading, heap: { before, end, after } });
    expect(reading.events / reading.seconds, "events a second").toBeGreaterThan(2 * JOBS_A_SECOND * ENOUGH);
    expect(reading.interactions.count, "clicks and keys").toBeGreaterThan(0);
  });
}

test.afterAll(() => report("page.md", measured));

/** Until the code is compiled and the lists are full, nothing that is measured is typical. */
async function warmUp(page: Page, person: Person, path: string): Promise<void> {
  await person.submitAll(batch(500));
  await quiet(person);
  await page.goto(path);
  await live(page);
  await person.submitAll(batch(500));
  await quiet(person);
}

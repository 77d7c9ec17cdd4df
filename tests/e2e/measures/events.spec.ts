// 500 events a second for a minute, through the real engine and the real socket, while a screen is open.
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import type { CDPSession, Page } from "@playwright/test";
import type { Person } from "../person.ts";
import { expect, testWithOwnStack as test } from "../test.ts";
import { live } from "../yard.ts";
import { installMeter, type Reading } from "./browserMeter.ts";

const SECONDS = Number(process.env.JOBYARD_MEASURE_SECONDS ?? 60);
/** Each job is told at least twice: that it is there, and how it ended. */
const JOBS_A_SECOND = Number(process.env.JOBYARD_MEASURE_JOBS ?? 250);
const BATCHES_A_SECOND = 5;
const OUT = new URL("../test-results/", import.meta.url).pathname;

interface Measured extends Reading {
  screen: string;
  /** In MB, after a garbage collection each: before, at the end, and when all is quiet again. */
  heap: { before: number; end: number; after: number };
}

const measured: Measured[] = [];

for (const { screen, path } of [
  { screen: "Jobs", path: "jobs" },
  { screen: "Overview", path: "" },
]) {
  test(`${screen} at 500 events a second`, async ({ page, person }) => {
    await page.addInitScript(installMeter);
    await warmUp(page, person, path);
    const devtools = await page.context().newCDPSession(page);
    const before = await heap(devtools);
    await page.evaluate(() => window.meter.reset());
    await produce(person);
    const reading = await page.evaluate(() => window.meter.read());
    const end = await heap(devtools);
    await quiet(person);
    const after = await heap(devtools);
    measured.push({ screen, ...reading, heap: { before, end, after } });
    expect(reading.events / reading.seconds, "events a second").toBeGreaterThan(1);
  });
}

test.afterAll(() => {
  const lines = measured.map(
    ({ screen, events, seconds, longestFrame, longestWork, framesASecond, heap }) =>
      `| ${screen} | ${(events / seconds).toFixed(0)} | ${seconds.toFixed(0)} s | ${framesASecond.toFixed(0)} | ${longestFrame.toFixed(0)} ms | ${longestWork.toFixed(0)} ms | ${heap.before.toFixed(1)} | ${heap.end.toFixed(1)} | ${heap.after.toFixed(1)} |`,
  );
  const table = [
    `${cpus()[0]?.model ?? "a processor"}, ${availableParallelism()} threads, server and browser together:`,
    "",
    "| screen | events a second | for | frames a second | longest between two frames | longest work of one | heap before, MB | at the end | quiet again |",
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ...lines,
  ].join("\n");
  mkdirSync(OUT, { recursive: true });
  writeFileSync(`${OUT}page.md`, `${table}\n`);
  process.stdout.write(`${table}\n`);
});

/** Until the code is compiled and the lists are full, nothing that is measured is typical. */
async function warmUp(page: Page, person: Person, path: string): Promise<void> {
  await person.submitAll(batch(500));
  await quiet(person);
  await page.goto(path);
  await live(page);
  await person.submitAll(batch(500));
  await quiet(person);
}

/** Batches at a steady pace: one that is late is followed at once by the next. */
async function produce(person: Person): Promise<void> {
  const began = performance.now();
  for (let sent = 0; sent < SECONDS * BATCHES_A_SECOND; sent += 1) {
    const due = began + (sent * 1_000) / BATCHES_A_SECOND;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    await person.submitAll(batch(JOBS_A_SECOND / BATCHES_A_SECOND));
  }
}

function batch(size: number): { kind: string; payload: object; tags: string[] }[] {
  return Array.from({ length: size }, (_, value) => ({
    kind: "demo.echo",
    payload: { value },
    tags: ["measure"],
  }));
}

async function quiet(person: Person): Promise<void> {
  await expect
    .poll(
      async () => {
        const counts = (await (await person.get("/jobs/counts")).json()) as {
          pending: number;
          running: number;
        };
        return counts.pending + counts.running;
      },
      { timeout: 120_000 },
    )
    .toBe(0);
}

async function heap(devtools: CDPSession): Promise<number> {
  await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize } = await devtools.send("Runtime.getHeapUsage");
  return usedSize / 1e6;
}

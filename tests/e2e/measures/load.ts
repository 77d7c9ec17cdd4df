// What the measures share: work for the engine at a steady pace, and what a browser's tab weighs.
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import type { CDPSession } from "@playwright/test";
import type { Person } from "../person.ts";
import { expect } from "../test.ts";
import type { Reading } from "./browserMeter.ts";

const OUT = new URL("../test-results/", import.meta.url).pathname;
const BATCHES_A_SECOND = 5;
/** The most that one request takes. */
export const BATCH = 1_000;

/** In MB, after a garbage collection each: before, at the end, and when all is quiet again. */
export interface Heap {
  before: number;
  end: number;
  after: number;
}

export interface Measured extends Reading {
  what: string;
  heap: Heap;
}

/** Batches at a steady pace: one that is late is followed at once by the next. */
export async function produce(person: Person, jobsASecond: number, seconds: number): Promise<void> {
  const began = performance.now();
  for (let sent = 0; sent < seconds * BATCHES_A_SECOND; sent += 1) {
    const due = began + (sent * 1_000) / BATCHES_A_SECOND;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    await person.submitAll(batch(jobsASecond / BATCHES_A_SECOND));
  }
}

export function batch(
  size: number,
  more: object = {},
): { kind: string; payload: object; tags: string[]; delay_seconds?: number }[] {
  return Array.from({ length: size }, (_, value) => ({
    kind: "demo.echo",
    payload: { value },
    tags: ["measure"],
    ...more,
  }));
}

type Counts = Record<"scheduled" | "pending" | "running" | "completed" | "cancelled", number>;

export async function countsOf(person: Person): Promise<Counts> {
  return (await (await person.get("/jobs/counts")).json()) as Counts;
}

/** Nothing waits in line or runs. */
export async function quiet(person: Person): Promise<void> {
  const busy = async () => {
    const { pending, running } = await countsOf(person);
    return pending + running;
  };
  await expect.poll(busy, { timeout: 120_000 }).toBe(0);
}

export async function heapOf(devtools: CDPSession): Promise<number> {
  await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize } = await devtools.send("Runtime.getHeapUsage");
  return usedSize / 1e6;
}

const HEAD = [
  "screen",
  "events a second",
  "for",
  "frames a second",
  "longest between two frames",
  "longest work of one",
  "layout shift",
  "clicks and keys",
  "98 of 100 answered within",
  "the slowest",
  "heap before, MB",
  "at the end",
  "quiet again",
];

/** Prints the figures as a table, and keeps it under test-results/. */
export function report(file: string, measured: readonly Measured[]): void {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const table = [
    `${cpus()[0]?.model ?? "a processor"}, ${availableParallelism()} threads, server and browser together:`,
    "",
    line(HEAD),
    line(HEAD.map(() => "---")),
    ...measured.map((one) => line(cellsOf(one))),
  ].join("\n");
  mkdirSync(OUT, { recursive: true });
  writeFileSync(`${OUT}${file}`, `${table}\n`);
  process.stdout.write(`${table}\n`);
}

function cellsOf({ what, heap, interactions, ...reading }: Measured): string[] {
  const ms = (value: number) => `${value.toFixed(0)} ms`;
  return [
    what,
    (reading.events / reading.seconds).toFixed(0),
    `${reading.seconds.toFixed(0)} s`,
    reading.framesASecond.toFixed(0),
    ms(reading.longestFrame),
    ms(reading.longestWork),
    reading.layoutShift.toFixed(4),
    String(interactions.count),
    interactions.count > 0 ? ms(interactions.p98) : "",
    interactions.count > 0 ? ms(interactions.longest) : "",
    heap.before.toFixed(1),
    heap.end.toFixed(1),
    heap.after.toFixed(1),
  ];
}

// A yard as it looks in the middle of a working day: its jobs are made through the API, the hour before is in numbers alone.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { BrowserContext } from "@playwright/test";
import { newAccount, Person } from "../person.ts";
import type { Stack } from "../stack/stack.ts";
import type { Target } from "../target.ts";
import { expect } from "../test.ts";

/** Mara, whose Jobyard it is: to be given to `test.use`. */
export const MARA = {
  settings: { JOBYARD_WORKER_NAME: "yard-1" },
  person: async (
    { context, origin }: { context: BrowserContext; origin: string },
    use: (person: Person) => Promise<void>,
  ) => {
    const account = { ...newAccount(), email: "mara@example.org" };
    await use(await Person.signUp(context.request, origin, "Mara Lind", account));
  },
};

export interface Workday {
  /** Runs for a minute and a half. */
  sync: string;
  failed: string;
  /** Waits for its time. */
  later: string;
}

const REPOSITORY = fileURLToPath(new URL("../../../", import.meta.url));

export async function workday(person: Person, target: Target, { dataDir }: Stack): Promise<Workday> {
  await hourBefore(person, dataDir);
  const ledger = {
    times: 9,
    retryable: false,
    message: "The ledger of March is closed: 3 lines of order 4711 were not booked.",
  };
  const soon = { strategy: "fixed", base_seconds: 1 } as const;
  const orders = await person.submitAll([
    ...Array.from({ length: 14 }, (_, index) => ({
      kind: "http.request",
      payload: { url: target.url(`/orders/${4700 + index}`), method: "POST", body: '{"paid": true}' },
      tags: index % 3 === 0 ? ["orders", "month-end"] : ["orders"],
      priority: index % 5 === 0 ? ("high" as const) : ("medium" as const),
    })),
    ...Array.from({ length: 6 }, (_, index) => ({
      kind: "demo.echo",
      payload: { value: { report: "daily", part: index + 1 } },
      priority: "low" as const,
      tags: ["reports"],
    })),
  ]);
  for (const id of orders) await person.until(id, "completed");
  const booked = await person.submitAll([
    {
      kind: "http.request",
      payload: {
        url: target.url("/status/502"),
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: '{"order": 4711, "paid": true}',
      },
      max_attempts: 3,
      backoff: soon,
      tags: ["orders", "month-end"],
      priority: "high",
    },
    ...Array.from({ length: 3 }, () => ({ kind: "demo.fail", payload: ledger, tags: ["billing"] })),
  ]);
  const later = await person.submitAll([
    {
      kind: "http.request",
      payload: { url: "https://example.org/" },
      delay_seconds: 5_400,
      tags: ["nightly"],
    },
    { kind: "demo.echo", payload: { value: "month end" }, delay_seconds: 86_400, tags: ["month-end"] },
    { kind: "demo.echo", payload: { value: "reminder" }, delay_seconds: 3_000 },
    { kind: "demo.echo", payload: { value: "never" }, delay_seconds: 600 },
  ]);
  await person.post(`/jobs/${later[3]}/cancel`);
  await person.submitAll([
    {
      kind: "http.request",
      payload: { url: target.url("/status/503") },
      tags: ["orders"],
      backoff: { strategy: "fixed", base_seconds: 240 },
    },
  ]);
  for (const id of booked) await person.until(id, "failed");
  const failed = booked[0] ?? "";

  const long = await person.submit({
    kind: "demo.sleep",
    payload: { seconds: 40 },
    tags: ["catalog"],
    priority: "high",
  });
  await progressed(person, long.id, 0.3);
  const sync = await person.submit({ kind: "demo.sleep", payload: { seconds: 95 }, tags: ["catalog"] });
  await person.submit({ kind: "http.request", payload: { url: target.url("/held/slow") }, tags: ["orders"] });
  await progressed(person, sync.id, 0.01);
  return { sync: sync.id, failed, later: later[0] ?? "" };
}

/** About as many jobs as the charts tell of. */
const BEFORE = 980;

async function hourBefore(person: Person, dataDir: string): Promise<void> {
  await person.submitAll(
    Array.from({ length: BEFORE }, (_, value) => ({ kind: "demo.echo", payload: { value } })),
  );
  const completed = async () =>
    ((await (await person.get("/jobs/counts")).json()) as { completed: number }).completed;
  await expect.poll(completed, { timeout: 120_000 }).toBe(BEFORE);
  await promisify(execFile)(
    `${REPOSITORY}.venv/bin/python`,
    [fileURLToPath(new URL("backdate.py", import.meta.url)), dataDir, person.email, String(BEFORE)],
    { timeout: 180_000 },
  );
  await person.post("/notifications/read", { all: true });
}

async function progressed(person: Person, id: string, fraction: number): Promise<void> {
  await expect
    .poll(async () => (await person.job(id)).progress?.fraction ?? 0, { timeout: 60_000 })
    .toBeGreaterThanOrEqual(fraction);
}

// Performance, accessibility and best practices of the screens that people open first: 95 of 100 at least.
import { mkdirSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { type BrowserContext, chromium } from "@playwright/test";
import lighthouse, { desktopConfig } from "lighthouse";
import { Person } from "../person.ts";
import { expect, test } from "../test.ts";

const LEAST = 95;
const OUT = new URL("../test-results/", import.meta.url).pathname;

test("Lighthouse gives the first screens 95 at least", async ({ origin, launchOptions }) => {
  const port = await freePort();
  const context = await chromium.launchPersistentContext("", {
    ...launchOptions,
    args: [...(launchOptions.args ?? []), `--remote-debugging-port=${port}`],
  });
  try {
    const told = [await marks("sign-in", `${origin}/app/sign-in`, port)];
    const id = await signInWithJobs(context, origin);
    for (const [name, path] of [
      ["overview", ""],
      ["jobs", "jobs"],
      ["job", `jobs/${id}`],
      ["new-job", "jobs/new?kind=http.request"],
    ] as const) {
      told.push(await marks(name, `${origin}/app/${path}`, port));
    }
    process.stdout.write(
      `${told.map(({ name, scores }) => `${name}: ${JSON.stringify(scores)}`).join("\n")}\n`,
    );
    for (const { name, scores } of told) {
      for (const [category, score] of Object.entries(scores)) {
        expect.soft(score, `${name}, ${category}`).toBeGreaterThanOrEqual(LEAST);
      }
    }
  } finally {
    await context.close();
  }
});

/** Somebody in this very browser, with some jobs to look at. */
async function signInWithJobs(context: BrowserContext, origin: string): Promise<string> {
  const person = await Person.signUp(context.request, origin);
  const ids = await person.submitAll(
    Array.from({ length: 60 }, (_, value) => ({
      kind: "demo.echo",
      payload: { value },
      tags: ["first-load"],
    })),
  );
  const id = ids.at(-1) ?? "";
  await person.until(id, "completed");
  const page = await context.newPage();
  await page.goto(`${origin}/app/`);
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  await page.close();
  return id;
}

async function marks(name: string, url: string, port: number) {
  const result = await lighthouse(
    url,
    {
      port,
      output: "html",
      logLevel: "error",
      // Who is signed in stays so.
      disableStorageReset: true,
      onlyCategories: ["performance", "accessibility", "best-practices"],
    },
    desktopConfig,
  );
  if (!result) throw new Error(`Lighthouse told nothing of ${url}`);
  mkdirSync(OUT, { recursive: true });
  writeFileSync(`${OUT}lighthouse-${name}.html`, [result.report].flat().join(""));
  const scores = Object.fromEntries(
    Object.values(result.lhr.categories).map(({ id, score }) => [id, Math.round((score ?? 0) * 100)]),
  );
  return { name, scores };
}

async function freePort(): Promise<number> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<number>();
  server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  const port = await promise;
  server.close();
  return port;
}

// The test of all flows: its own browser context, and a guard that no page says an error while it runs.
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  test as base,
  expect,
  request as http,
  type Page,
} from "@playwright/test";
import { Person } from "./person.ts";
import { Stack } from "./stack/stack.ts";
import { Target } from "./target.ts";

interface Fixtures {
  /** Where this run's Jobyard is. */
  origin: string;
  /** Errors in the browser's console that this test brings about, such as the 401 of a wrong password. */
  expectedErrors: RegExp | null;
  /** Somebody who is signed in in `page`'s browser. */
  person: Person;
  /** Somebody else, without a browser. */
  stranger: Person;
  target: Target;
  /** A browser of somebody else's: nothing is shared with `page`. */
  otherBrowser: { page: Page; context: BrowserContext };
  quiet: undefined;
}

export const test = base.extend<Fixtures>({
  expectedErrors: [null, { option: true }],

  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from its pattern
  origin: async ({}, use) => {
    const origin = process.env.JOBYARD_E2E_ORIGIN;
    if (!origin) throw new Error("JOBYARD_E2E_ORIGIN is not set: stack/start.ts sets it.");
    await use(origin);
  },

  baseURL: async ({ origin }, use) => use(`${origin}/app/`),

  quiet: [
    async ({ context, expectedErrors }, use) => {
      const errors = listen(context);
      await use(undefined);
      expect(unexpected(errors, expectedErrors), "errors in the browser").toEqual([]);
    },
    { auto: true },
  ],

  person: async ({ context, origin }, use) => use(await Person.signUp(context.request, origin)),

  stranger: async ({ origin }, use) => {
    const request = await http.newContext();
    await use(await Person.signUp(request, origin, "Jo Brandt"));
    await request.dispose();
  },

  // biome-ignore lint/correctness/noEmptyPattern: as above
  target: async ({}, use) => {
    const target = await Target.open();
    await use(target);
    await target.close();
  },

  otherBrowser: async ({ browser, contextOptions, viewport, baseURL, expectedErrors }, use) => {
    const context = await anotherContext(browser, { ...contextOptions, viewport }, baseURL);
    const errors = listen(context);
    await use({ page: await context.newPage(), context });
    await context.close();
    expect(unexpected(errors, expectedErrors), "errors in the other browser").toEqual([]);
  },
});

/** For what would be in the way of the other tests: a Jobyard of this test's own, with `settings`. Slow to start. */
export const testWithOwnStack = test.extend<{ settings: Record<string, string>; stack: Stack }>({
  settings: [{}, { option: true }],
  stack: [
    async ({ settings }, use, { testId }) => {
      const stack = await Stack.start(settings);
      await use(stack);
      await stack.stop(testId);
    },
    { timeout: 180_000 },
  ],
  origin: async ({ stack }, use) => use(stack.origin),
});

export { expect };

function anotherContext(browser: Browser, options: BrowserContextOptions, baseURL: string | undefined) {
  return browser.newContext({ ...options, ...(baseURL ? { baseURL } : {}) });
}

/** What the content security policy stops is among the console's errors too. */
function listen(context: BrowserContext): string[] {
  const errors: string[] = [];
  context.on("console", (message) => {
    if (message.type() === "error") errors.push(`${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (error) => errors.push(String(error.error().stack ?? error.error())));
  return errors;
}

function unexpected(errors: readonly string[], expected: RegExp | null): string[] {
  return errors.filter((error) => !expected?.test(error));
}

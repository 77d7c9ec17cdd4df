// Makes the README's pictures anew, in docs/screenshots/: `pnpm --dir tests/e2e run pictures`, after `./just build`.
import { defineConfig } from "@playwright/test";
import tests from "./playwright.config.ts";

const { globalSetup: _ownStackInstead, ...likeTheTests } = tests;

export default defineConfig({
  ...likeTheTests,
  testDir: "pictures",
  workers: 1,
  timeout: 400_000,
  projects: [{ name: "readme", use: { viewport: { width: 1440, height: 900 }, colorScheme: "light" } }],
});

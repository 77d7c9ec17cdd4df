// What the page costs, measured in Chromium against a Jobyard of its own: `./just bench-page`. Figures, not tests.
import { defineConfig } from "@playwright/test";
import tests from "./playwright.config.ts";

const { globalSetup: _ownStackInstead, ...likeTheTests } = tests;

export default defineConfig({
  ...likeTheTests,
  testDir: "measures",
  workers: 1,
  timeout: 300_000,
  projects: [{ name: "page", use: { viewport: { width: 1440, height: 900 }, colorScheme: "light" } }],
});

// Lighthouse's marks for the page, in Chromium against a Jobyard of its own: `./just lighthouse`. Needs no network.
import { defineConfig } from "@playwright/test";
import tests from "./playwright.config.ts";

export default defineConfig({
  ...tests,
  testDir: "lighthouse",
  workers: 1,
  timeout: 300_000,
  projects: [{ name: "lighthouse" }],
});

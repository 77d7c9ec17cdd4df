// The browser tests: each flow on a desktop and on a phone, against a Jobyard that the run starts for itself.
//
//   desktop-core, phone-core   what `./just test` runs: tests tagged @core, on the phone only those tagged @first
//   desktop, phone             all the others
import { defineConfig } from "@playwright/test";

const DESKTOP = { viewport: { width: 1440, height: 900 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
/** Keys and two tabs are not what a phone has. */
const NOT_ON_PHONES = /@desktop/;

export default defineConfig({
  testDir: "flows",
  outputDir: "test-results",
  globalSetup: "./stack/start.ts",
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: true,
  // Patience for a machine that is five times slower: what does not come fails later, what comes is not waited for.
  timeout: 180_000,
  globalTimeout: 40 * 60_000,
  expect: { timeout: 30_000 },
  reporter: [["list"]],
  use: {
    actionTimeout: 30_000,
    navigationTimeout: 60_000,
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.JOBYARD_CHROMIUM || "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "desktop-core", use: DESKTOP, grep: /@core/ },
    { name: "phone-core", use: PHONE, grep: /@first/ },
    { name: "desktop", use: DESKTOP, grepInvert: /@core/ },
    { name: "phone", use: PHONE, grepInvert: [/@first/, NOT_ON_PHONES] },
  ],
});

// Somebody's hands on mouse and keyboard while the yard is busy.
import type { Page } from "@playwright/test";

/** Between two bursts nobody touches anything: what moves then moves by itself. */
const REST_MS = 4_000;

/** Bursts of use until `work` has ended, one every few seconds. */
export async function whileIt(work: Promise<void>, burst: () => Promise<void>): Promise<void> {
  let isOver = false;
  const ended = work.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await burst();
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, REST_MS))]);
  }
  await ended;
}

/** Along the rows and back, to a tab and back, a menu opened and shut. */
export async function useJobs(page: Page): Promise<void> {
  for (const key of ["j", "j", "j", "k", "k", "Escape"]) await page.keyboard.press(key);
  const tabs = page.getByRole("navigation", { name: "State" });
  await tabs.getByRole("link", { name: /^Completed/ }).click();
  await tabs.getByRole("link", { name: /^All/ }).click();
  await openAndShut(page);
}

/** Another span of time and back, a menu opened and shut. */
export async function useOverview(page: Page): Promise<void> {
  const spans = page.getByRole("group", { name: "How far back" });
  await spans.getByRole("button", { name: /^24.h$/ }).click();
  await spans.getByRole("button", { name: /^1.h$/ }).click();
  await openAndShut(page);
}

async function openAndShut(page: Page): Promise<void> {
  await page.getByRole("button", { name: /@example\.org$/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("menu").waitFor({ state: "hidden" });
}

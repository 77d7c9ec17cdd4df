// Where things are on the page, by what a person sees or hears of them.
import { expect, type Locator, type Page } from "@playwright/test";
import type { Account } from "./person.ts";

export type State = "scheduled" | "pending" | "running" | "retrying" | "completed" | "failed" | "cancelled";

/** Errors that the browser logs by itself when an answer is not a success. */
export const REFUSED_401 = /status of 401 .*\/(token\/refresh|login)\)$/;
export const REFUSED_404 = /status of 404 .*\/jobs\//;
export const REFUSED_422 = /status of 422 /;

export const JOB_URL = /\/app\/jobs\/([0-9a-f-]{36})$/;

/** The id of the job whose page is open; waits until one is. */
export async function jobInUrl(page: Page): Promise<string> {
  await expect(page).toHaveURL(JOB_URL);
  return JOB_URL.exec(page.url())?.[1] ?? "";
}

export function row(page: Page, id: string): Locator {
  return page.locator(`[role="row"][data-job="${id}"]`);
}

/** In a row of the table, or in the head of a job's page. */
export async function expectState(where: Locator, state: State): Promise<void> {
  await expect(where.locator("[data-state]")).toHaveAttribute("data-state", state);
}

export function jobHead(page: Page): Locator {
  return page.locator("header").filter({ has: page.getByRole("heading", { level: 1 }) });
}

export function toast(page: Page, text: string | RegExp): Locator {
  return page.locator("[data-sonner-toast]").filter({ hasText: text });
}

/** Rests the mouse on a message that would fade: for what is to be pressed in it a while later. */
export async function keepToast(message: Locator): Promise<void> {
  await message.getByRole("status").hover();
}

/** The card of this title on a job's page or the overview. */
export function card(page: Page, title: string): Locator {
  return page
    .locator("section, div")
    .filter({ has: page.getByRole("heading", { name: title, exact: true }) })
    .last();
}

/** A job's actions that stand in its menu; on a phone that is in the head above. */
export async function fromJobMenu(page: Page, action: string | RegExp): Promise<void> {
  await page.getByRole("button", { name: "More", exact: true }).filter({ visible: true }).click();
  await page.getByRole("menuitem", { name: action }).click();
}

/** Goes on by a click in the sidebar or the tab bar, as a person does: the page is not loaded anew. */
export async function go(page: Page, to: "Overview" | "Jobs"): Promise<void> {
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: to }).click();
}

export async function signIn(page: Page, { email, password }: Account): Promise<void> {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** From the sidebar's foot, or on a phone from the tab 'You'. */
export async function openAccountMenu(page: Page): Promise<void> {
  await page
    .getByRole("button", { name: /^You$|@example\.org$/ })
    .filter({ visible: true })
    .click();
}

export async function signOut(page: Page): Promise<void> {
  await openAccountMenu(page);
  await page.getByRole("menuitem", { name: "Sign out" }).click();
}

/** The page has its live line, so that what happens from now on is told. */
export async function live(page: Page): Promise<void> {
  await expect(page.locator('[data-live="connected"]').first()).toBeAttached();
}

/** Picks a kind on the new-job page, from the cards that it shows before there is one. */
export async function pickKind(page: Page, kind: string): Promise<void> {
  await page.getByRole("main").getByRole("listitem").getByRole("button", { name: kind }).click();
}

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';

/* What somebody does on the page, and reads there. */

const patienceMilliseconds = 20_000;

/** Waits until something is so; the page's policy lets no text become code in it, so that this asks from outside. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + patienceMilliseconds;
  while (!(await isSo())) {
    assert.ok(performance.now() < end, `waited in vain: ${what}`);
    await sleep(50);
  }
}

export async function view(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name }).click();
}

export async function jump(page: Page, where: string): Promise<void> {
  await page.getByLabel('Jump to a virtual time').fill(where);
  await page.getByRole('button', { name: 'Jump' }).click();
}

/** Number of the event that is shown; -1 before the first. */
export async function placeOf(page: Page): Promise<number> {
  return Number(/#(\d+)/.exec(await page.locator('.place').innerText())?.[1] ?? -1);
}

export async function waitForPlace(page: Page, at: number): Promise<void> {
  await until(`event ${at}`, async () => (await placeOf(page)) === at);
}

/** How many events the page knows of. */
export async function eventsOf(page: Page): Promise<number> {
  return Number(/(\d+) events/.exec(await page.locator('.about').first().innerText())?.[1]);
}

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { loadScenario, runScenario } from '../../src/index.js';
import { packageRoot } from '../../src/paths.js';
import { chromiumPath, howToGetChromium, launch } from './chromium.js';
import { jump, view } from './hands.js';
import { serveRecorded } from './troubled-run.js';

/* `npm run pictures`: the page's pictures in docs/pictures, of scenarios/scripted-fault.json without training. */

const mostBytes = 150_000;
const [width, height] = [1280, 860];

const pictures: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  charts: async (page) => {
    await view(page, 'Charts');
    await jump(page, '10.5');
    await page
      .getByRole('region', { name: 'Chart of client-1', exact: true })
      .locator('.count')
      .first()
      .waitFor();
  },
  timeline: async (page) => {
    await view(page, 'Timeline');
    await jump(page, '14');
    await page.getByRole('img', { name: /server: / }).waitFor();
  },
  messages: async (page) => {
    await view(page, 'Messages');
    await jump(page, '5');
    await page.locator('.message.dropped').first().click();
    await page.getByRole('group', { name: 'Attempts' }).waitFor();
  },
};

const path = chromiumPath();
if (path === null) throw new Error(howToGetChromium);
const folder = mkdtempSync(join(tmpdir(), 'pwff-pictures-'));
const out = join(packageRoot(), 'docs/pictures');
mkdirSync(out, { recursive: true });
const browser = await launch(path);
try {
  const scenarioFile = join(packageRoot(), 'scenarios/scripted-fault.json');
  const loaded = await loadScenario(scenarioFile, { set: ['learning=stub'] });
  const options = { outFolder: folder, workers: 1, backend: 'wasm' } as const;
  await runScenario({ scenario: loaded.scenario, folder: loaded.folder, ...options });
  const served = await serveRecorded([folder]);
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: 'light' });
  await page.goto(served.address);
  for (const [name, show] of Object.entries(pictures)) {
    await show(page);
    // The pointer marks what it is over.
    await page.mouse.move(0, 0);
    await page.waitForLoadState('networkidle');
    const file = join(out, `${name}.png`);
    const { y, height: long } = (await page.locator('#page').boundingBox())!;
    const clip = { x: 0, y: 0, width, height: Math.min(height, y + long) };
    await page.screenshot({ path: file, animations: 'disabled', clip });
    const { size } = statSync(file);
    assert.ok(size < mostBytes, `${file}: ${size} bytes, expected less than ${mostBytes}`);
    console.log(`${file}: ${size} bytes`);
  }
  await served.close();
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}

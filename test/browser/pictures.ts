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

/* `npm run pictures`: the page's pictures in docs/pictures, of the run that docs/inspect.md walks through. */

const settings = [
  'learning=stub',
  'instruction.maxRounds=5',
  'instruction.deadlineSeconds=20',
  'channel.story=blocks',
  'channel.faults=[{"effect":"blackout","client":3,"direction":"uplink","fromSeconds":9.5,"toSeconds":60}]',
];

const mostBytes = 150_000;
const [width, height] = [1280, 800];

const pictures: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  timeline: async (page) => {
    await page.getByRole('combobox', { name: 'Client' }).selectOption('client-3');
    await view(page, 'Timeline');
    await jump(page, '49.5');
    await page.getByRole('img', { name: /server: / }).waitFor();
  },
  messages: async (page) => {
    await view(page, 'Messages');
    await page.getByRole('checkbox', { name: 'client-3 only' }).check();
    await page.getByRole('button', { name: /update, round 4, from client-3/ }).click();
    await page.getByRole('group', { name: 'Attempts' }).waitFor();
  },
  charts: async (page) => {
    await view(page, 'Charts');
    await jump(page, '49.4');
    await page
      .getByRole('region', { name: 'Chart of client-3', exact: true })
      .locator('.count')
      .first()
      .waitFor();
  },
};

const path = chromiumPath();
if (path === null) throw new Error(howToGetChromium);
const folder = mkdtempSync(join(tmpdir(), 'pwff-pictures-'));
const out = join(packageRoot(), 'docs/pictures');
mkdirSync(out, { recursive: true });
const browser = await launch(path);
try {
  const scenarioFile = join(packageRoot(), 'scenarios/tiny.json');
  const loaded = await loadScenario(scenarioFile, { set: settings });
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

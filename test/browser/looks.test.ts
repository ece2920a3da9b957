import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Page as ServedPage } from '../../src/cli/page/serve.js';
import { readRun, type MessageRow } from '../../src/index.js';
import { jump, placeOf, until, view, waitForPlace } from './hands.js';
import { lookerForTests } from './looker.js';
import { folderForTests, runTroubled, serveRecorded } from './troubled-run.js';

const views = ['Charts', 'Timeline', 'Messages', 'Events', 'Figures', 'Clients'];
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe('the page, for everybody', () => {
  const looker = lookerForTests();
  const folder = folderForTests();
  const one = join(folder, 'one');
  const other = join(folder, 'other');
  let served: ServedPage;
  let compared: ServedPage;
  let messages: readonly MessageRow[];

  before(async () => {
    await runTroubled(one);
    await runTroubled(other, 2);
    served = await serveRecorded([one]);
    compared = await serveRecorded([one, other]);
    messages = (await readRun(one)).messages;
  });
  after(() => Promise.all([served?.close(), compared?.close()]));

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const name of views) {
      it(`has no serious fault of access in ${name}, ${colorScheme}`, async () => {
        const page = await looker.open(served.address, { colorScheme });
        await fill(page, name);
        assert.deepEqual(await faultsOfAccess(page), []);
      });
    }

    it(`has no serious fault of access with two runs beside each other, ${colorScheme}`, async () => {
      const page = await looker.open(compared.address, { colorScheme });
      await page.getByRole('button', { name: 'To the first difference' }).click();
      await page.getByRole('heading', { name: 'Second run' }).waitFor();
      assert.deepEqual(await faultsOfAccess(page), []);
    });
  }

  it('is dark where the machine is', async () => {
    const ground = async (colorScheme: 'light' | 'dark') => {
      const page = await looker.open(served.address, { colorScheme });
      return page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    };
    assert.deepEqual(
      [await ground('light'), await ground('dark')],
      ['rgb(255, 255, 255)', 'rgb(13, 17, 23)'],
    );
  });

  it('draws timeline and figures anew when the machine turns dark', async () => {
    const page = await looker.open(served.address, { colorScheme: 'light' });
    for (const name of ['Timeline', 'Figures']) {
      await page.emulateMedia({ colorScheme: 'light' });
      await fill(page, name);
      const canvas = page.locator('main canvas').first();
      const light = await pixelsOf(page);
      await canvas.waitFor();
      await page.emulateMedia({ colorScheme: 'dark' });
      await until(`${name} is drawn anew`, async () => (await pixelsOf(page)) !== light);
    }
  });

  for (const name of views) {
    it(`fits into a window 390 pixels wide in ${name}`, async () => {
      const page = await looker.open(compared.address, { viewport: { width: 390, height: 800 } });
      await fill(page, name);
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      assert.ok(width <= 390, `${width} px`);
    });
  }

  it('is played, and a message read, by the keyboard alone', async () => {
    const page = await looker.open(served.address);
    await tabTo(page, 'Play');
    await page.keyboard.press('Enter');
    await until('it plays', async () => (await placeOf(page)) >= 1);
    await page.keyboard.press('Enter');
    await tabTo(page, 'Messages');
    await page.keyboard.press('Enter');
    const [first] = messages.toSorted((a, b) => a.sentVirtualSeconds - b.sentVirtualSeconds || a.id - b.id);
    await page.locator(`[data-message="${first!.id}"]`).waitFor();
    await tabTo(page, `0 s ${first!.kind}, round ${first!.round}`);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: `Message ${first!.id}: ${first!.kind}` }).waitFor();
  });

  it('moves in time by the arrows on the timeline', async () => {
    const page = await looker.open(served.address);
    await view(page, 'Timeline');
    const before = await page.locator('.place').innerText();
    await tabTo(page, 'Lanes');
    for (let k = 0; k < 3; k++) await page.keyboard.press('ArrowRight');
    await until('it moves', async () => (await page.locator('.place').innerText()) !== before);
  });

  it('shows two runs beside each other, and where they part', async () => {
    const page = await looker.open(compared.address);
    const part = page.getByRole('region', { name: 'Comparison' });
    await part.getByText('tiny (pwff, seed 1) beside tiny (pwff, seed 2)').waitFor();
    const [, place] = /differ from #(\d+) on/.exec(await part.innerText())!;
    await page.getByRole('button', { name: 'To the first difference' }).click();
    await waitForPlace(page, Number(place));
    assert.equal(await page.getByRole('region', { name: 'Chart of server' }).count(), 2);
    const apart = part.getByText('Not where they are in the other run');
    await jump(page, '60');
    await until(
      'they are compared',
      async () => (await apart.count()) + (await part.getByText('Here all').count()) === 1,
    );
  });

  it('says that two runs of one seed are alike', async () => {
    const alike = await serveRecorded([one, one]);
    try {
      const page = await looker.open(alike.address);
      await page.getByText('all events are alike.').waitFor();
    } finally {
      await alike.close();
    }
  });
});

/** Shows a view with something in it. */
async function fill(page: Page, name: string): Promise<void> {
  await view(page, name);
  await jump(page, '10');
  switch (name) {
    case 'Charts':
      await page.locator('.picture svg').first().waitFor();
      break;
    case 'Messages':
      await page.locator('.message.dropped').first().click();
      await page.getByRole('group', { name: 'Attempts' }).waitFor();
      break;
    case 'Events':
      await page.locator('.list li').first().waitFor();
      break;
    case 'Clients':
      await page.locator('table.clients tbody tr').first().waitFor();
      break;
    default:
      await page.locator('main canvas').first().waitFor();
  }
}

async function tabTo(page: Page, name: string): Promise<void> {
  const focused = `(() => {
    const at = document.activeElement;
    return (at?.getAttribute('aria-label') ?? at?.textContent ?? '').trim();
  })()`;
  for (let k = 0; k < 80; k++) {
    await page.keyboard.press('Tab');
    if ((await page.evaluate<string>(focused)).startsWith(name)) return;
  }
  assert.fail(`Tab never comes to ${name}`);
}

function pixelsOf(page: Page): Promise<string> {
  return page.evaluate<string>("document.querySelector('main canvas')?.toDataURL() ?? ''");
}

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What axe-core finds serious or critical. */
async function faultsOfAccess(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  const violations = await page.evaluate<readonly Violation[]>(
    'axe.run().then(({ violations }) => violations)',
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}: ${failureSummary}`));
}

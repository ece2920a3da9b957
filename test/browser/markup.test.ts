import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page as ServedPage } from '../../src/cli/page/serve.js';
import { readRun } from '../../src/index.js';
import { jump, view } from './hands.js';
import { lookerForTests } from './looker.js';
import { folderForTests, runTroubled, serveRecorded } from './troubled-run.js';

/** What would run, or be fetched, were it taken for markup. */
const markup = (what: string) =>
  `<img src=x onerror="document.title='${what}'"><script>document.title='${what}'</script>`;

describe('markup in the records of a run', () => {
  const looker = lookerForTests();
  const folder = join(folderForTests(), 'run');
  const client = markup('client');
  const description = markup('description');
  let served: ServedPage;

  before(async () => {
    await runTroubled(folder);
    const files = ['manifest.json', 'summary.json', 'messages.jsonl', 'metrics.jsonl', 'inspection.jsonl'];
    for (const file of files) replaceIn(file, 'client-3', client);
    replaceIn('inspection.jsonl', 'upload.sent', markup('event'));
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as {
      readonly scenario: object;
    };
    write('manifest.json', { ...manifest, scenario: { ...manifest.scenario, description } });
    const sample = {
      type: 'sample',
      round: 1,
      actor: client,
      topic: 'x',
      prompt: markup('prompt'),
      response: markup('response'),
    };
    const metrics = readFileSync(join(folder, 'metrics.jsonl'), 'utf8');
    writeFileSync(join(folder, 'metrics.jsonl'), `${metrics}${JSON.stringify(sample)}\n`);
    served = await serveRecorded([folder]);
  });
  after(() => served?.close());

  it('is shown as text in every view', async () => {
    const page = await looker.open(served.address);
    await page.getByRole('combobox', { name: 'Client' }).selectOption(client);
    await page.getByRole('heading', { level: 3 }).filter({ hasText: client }).first().waitFor();
    const { messages } = await readRun(folder);
    const lost = messages.find(({ outcome, from }) => outcome === 'dropped' && from === client)!;
    for (const each of ['Timeline', 'Messages', 'Events', 'Figures', 'Clients']) {
      await view(page, each);
      await jump(page, String(lost.sentVirtualSeconds));
      switch (each) {
        case 'Messages':
          await page.locator(`[data-message="${lost.id}"]`).click();
          await page.getByRole('region', { name: 'Story' }).getByText(`${client} → server`).waitFor();
          break;
        case 'Events':
          await page.getByRole('combobox', { name: 'Actor' }).selectOption(client);
          await page.locator('.list b').filter({ hasText: client }).first().waitFor();
          break;
        case 'Clients':
          await page.getByRole('button', { name: client }).waitFor();
          break;
        default:
          await page.locator('main canvas').first().waitFor();
      }
      assert.equal(await page.locator('img, main script').count(), 0, each);
    }
    await jump(page, client);
    await page.getByRole('alert').getByText(client).waitFor();
    assert.equal(await page.title(), 'pwff');
  });

  function replaceIn(file: string, word: string, by: string): void {
    const text = readFileSync(join(folder, file), 'utf8');
    writeFileSync(join(folder, file), text.replaceAll(word, JSON.stringify(by).slice(1, -1)));
  }

  function write(file: string, document: object): void {
    writeFileSync(join(folder, file), JSON.stringify(document));
  }
});

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRunWithRows } from '../../src/run/open-with-rows.js';
import { packageRoot } from '../../src/paths.js';
import type { SampleRow } from '../../src/records/rows.js';
import { loadScenario } from '../../src/scenario/load.js';
import { simulate } from '../../src/run/simulate.js';
import { untrainedExecutor } from './untrained.js';

/** Made-up files in the form of real ones. */
function writeData(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const numbers = Array.from({ length: 60 }, (_, row) => row);
  const verbs = ['sort', 'name', 'count'];
  writeFileSync(
    join(folder, 'instructions.json'),
    JSON.stringify(
      numbers.map((row) => ({ instruction: `${verbs[row % 3]} the ${row}`, input: '', output: `${row}` })),
    ),
  );
  for (const objective of ['helpful', 'harmless']) {
    const pairs = numbers.map((row) => {
      const prompt = `\n\nHuman: the ${objective} one of ${row}\n\nAssistant:`;
      return JSON.stringify({ chosen: `${prompt} yes`, rejected: `${prompt} no` });
    });
    writeFileSync(join(folder, `${objective}.jsonl`), `${pairs.join('\n')}\n`);
  }
}

describe('samples of real data', () => {
  const root = mkdtempSync(join(tmpdir(), 'pwff-samples-'));
  before(() => writeData(join(root, 'data')));
  after(() => rmSync(root, { recursive: true, force: true }));

  async function run(showSamples?: boolean) {
    const files = Object.fromEntries(
      Object.entries({
        instructions: 'instructions.json',
        helpful: 'helpful.jsonl',
        harmless: 'harmless.jsonl',
      }).map(([name, file]) => [name, join(root, 'data', file)]),
    );
    const { scenario, folder } = await loadScenario(join(packageRoot(), 'scenarios/tiny.json'), {
      set: [`data.files=${JSON.stringify(files)}`],
    });
    const outFolder = join(root, `run-${String(showSamples)}`);
    const shown = showSamples === undefined ? {} : { showSamples };
    const executor = untrainedExecutor();
    const opened = await openRunWithRows({
      scenario,
      folder,
      outFolder,
      workers: 1,
      backend: 'wasm',
      executor,
      ...shown,
    });
    try {
      const { ended } = await simulate(opened.world);
      const samples = opened.written.metrics.filter((row): row is SampleRow => row.type === 'sample');
      return { ended, samples, traceHash: opened.traceHash(), synthetic: opened.manifest.synthetic };
    } finally {
      await opened.close();
    }
  }

  it('are kept only where the run was asked for them, and do not make it another run', async () => {
    const [plain, refused, asked] = [await run(), await run(false), await run(true)];
    assert.deepEqual([plain.ended.reason, plain.synthetic], ['finished', false]);
    assert.deepEqual([plain.samples, refused.samples], [[], []]);
    // Three clients, two prompts of each topic, before and after each of two rounds.
    assert.equal(asked.samples.length, 3 * 4 * 3);
    assert.ok(
      asked.samples.some(({ topic, prompt }) => topic === 'sensitive' && prompt.includes('harmless one')),
    );
    assert.equal(asked.traceHash, plain.traceHash);
    assert.equal(refused.traceHash, plain.traceHash);
  });
});

import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../src/errors.js';
import { runScenario } from '../../src/index.js';
import { readSafetensors } from '../golden/read-safetensors.js';
import { packageRoot } from '../../src/paths.js';
import type { MessageRow } from '../../src/records/rows.js';
import type { Summary } from '../../src/records/summary.js';
import { loadScenario } from '../../src/scenario/load.js';
import { tinyDistilBertFolder } from '../learning/training/tiny-distilbert.js';

/** One whole run of the tiny scenario with DistilBERTs as reward models, real training in worker threads. */
async function run(path: string, train: 'full' | 'head', outFolder: string, workers = 2): Promise<Summary> {
  const model = JSON.stringify({ kind: 'distilbert', path, train });
  const { scenario, folder } = await loadScenario(join(packageRoot(), 'scenarios/tiny.json'), {
    set: [
      `reward.model=${model}`,
      `reward.learningRate=${train === 'full' ? 1e-3 : 1e-2}`,
      // Enough to learn from, and to measure on.
      ...['data.pairsPerClient=60', 'reward.localSteps=12'],
    ],
  });
  return runScenario({ scenario, folder, outFolder, workers, backend: 'wasm' });
}

describe('a whole tiny run with DistilBERTs as reward models', function () {
  this.timeout(180e3);
  const root = mkdtempSync(join(tmpdir(), 'pwff-'));
  let folder: string;
  before(() => (folder = tinyDistilBertFolder()));
  after(() => [root, folder].forEach((each) => rmSync(each, { recursive: true, force: true })));

  /** Numbers of a DistilBERT with 90 words, 64 positions, width 32 and two blocks of 128 inside. */
  const head = 32 * 32 + 32 + 32 + 1;
  const block = 4 * (32 * 32 + 32) + 2 * 32 * 128 + 128 + 32 + 4 * 32;
  const whole = (90 + 64) * 32 + 2 * 32 + 2 * block + head;

  for (const [train, parameters] of [
    ['full', whole],
    ['head', head],
  ] as const) {
    it(`"${train}": finishes all stages; both reward models travel, ${parameters} numbers each`, async () => {
      const out = join(root, train);
      const summary = await run(folder, train, out);
      assert.equal(summary.ended.reason, 'finished', JSON.stringify(summary.ended));
      const { reward, alignment } = summary.stages;
      assert.ok(reward && alignment);
      assert.ok(
        reward.heldOutLoss! < reward.heldOutLossBefore!,
        `${reward.heldOutLossBefore} → ${reward.heldOutLoss}`,
      );
      const updates = readFileSync(join(out, 'messages.jsonl'), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as MessageRow)
        .filter(({ kind }) => kind === 'helpful-update' || kind === 'harmless-update');
      assert.equal(updates.length, 12);
      for (const { bits } of updates) assert.equal(bits, 512 + 32 * parameters);
      const saved = await readSafetensors(join(out, 'params/reward-helpful.safetensors'));
      assert.equal(
        [...saved.values()].reduce((sum, { values }) => sum + values.length, 0),
        parameters,
      );
      assert.ok(saved.has('pre_classifier.weight'));
    });
  }

  it('is refused before it begins where tokenizer and weights are of different models', async () => {
    const other = tinyDistilBertFolder();
    appendFileSync(join(other, 'vocab.txt'), Array.from({ length: 20 }, (_, i) => `word${i}\n`).join(''));
    await assert.rejects(run(other, 'head', join(root, 'refused')), (error) => {
      assert.ok(error instanceof UserError);
      const found = 'its tokenizer has 95 tokens, expected at most 90, the vocab_size of its config.json';
      assert.ok(error.message.startsWith(`${other}: ${found}`), error.message);
      return true;
    });
    rmSync(other, { recursive: true });
  });

  it('leaves the same trace with one worker', async () => {
    const [one, two] = [join(root, 'one-worker'), join(root, 'head', 'summary.json')];
    const { traceHash } = JSON.parse(readFileSync(two, 'utf8')) as Summary;
    assert.equal((await run(folder, 'head', one, 1)).traceHash, traceHash);
  });
});

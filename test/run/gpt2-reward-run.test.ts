import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTokenizer } from '../../src/learning/data/tokenizer.js';
import { UserError } from '../../src/errors.js';
import { runScenario } from '../../src/index.js';
import { baseTensors } from '../../src/learning/model/base.js';
import { loadModel } from '../../src/learning/model/load.js';
import { openRewardModel, type OpenLanguageModel } from '../../src/run/open-reward-model.js';
import { sizeOf } from '../../src/learning/params/param-set.js';
import { readSafetensors } from '../golden/read-safetensors.js';
import { packageRoot } from '../../src/paths.js';
import type { MessageRow } from '../../src/records/rows.js';
import type { Summary } from '../../src/records/summary.js';
import type { Manifest } from '../../src/records/manifest.js';
import { loadScenario } from '../../src/scenario/load.js';
import { resolveScenario } from '../../src/scenario/validate.js';

const embedded = join(packageRoot(), 'assets/embedded');

interface Choice {
  readonly path: string | null;
  readonly train: 'full' | 'head';
}

/** One whole run of the tiny scenario with GPT-2s as reward models, real training in worker threads. */
async function run(choice: Choice, outFolder: string, workers = 2): Promise<Summary> {
  const model = JSON.stringify({ kind: 'gpt2', ...choice });
  const { scenario, folder } = await loadScenario(join(packageRoot(), 'scenarios/tiny.json'), {
    set: [`reward.model=${model}`, `reward.learningRate=${choice.train === 'full' ? 1e-3 : 1e-2}`],
  });
  return runScenario({ scenario, folder, outFolder, workers, backend: 'wasm' });
}

/** The embedded model in a folder of its own, with another config.json or tokenizer.json where one is given. */
function copyOfEmbedded(folder: string, changed: Readonly<Record<string, string>>): string {
  mkdirSync(folder);
  for (const file of ['config.json', 'tokenizer.json', 'model.safetensors']) {
    copyFileSync(join(embedded, file), join(folder, file));
  }
  for (const [file, text] of Object.entries(changed)) writeFileSync(join(folder, file), text);
  return folder;
}

describe('a whole tiny run with GPT-2s as reward models', function () {
  this.timeout(180e3);
  const root = mkdtempSync(join(tmpdir(), 'pwff-'));
  after(() => rmSync(root, { recursive: true, force: true }));

  for (const train of ['full', 'head'] as const) {
    it(`"${train}": finishes all stages; both travel, the embedded model's own backbone or heads`, async () => {
      const out = join(root, train);
      const summary = await run({ path: null, train }, out);
      assert.equal(summary.ended.reason, 'finished', JSON.stringify(summary.ended));
      const { reward, alignment } = summary.stages;
      assert.ok(reward && alignment);
      assert.ok(
        reward.heldOutLoss! < reward.heldOutLossBefore!,
        `${reward.heldOutLossBefore} → ${reward.heldOutLoss}`,
      );
      const { config } = await loadModel(null);
      const backbone = baseTensors(config).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
      const parameters = (train === 'full' ? backbone : 0) + config.n_embd;
      const updates = readFileSync(join(out, 'messages.jsonl'), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as MessageRow)
        .filter(({ kind }) => kind === 'helpful-update' || kind === 'harmless-update');
      assert.equal(updates.length, 12);
      for (const { bits } of updates) assert.equal(bits, 512 + 32 * parameters);
      const saved = await readSafetensors(join(out, 'params/reward-helpful.safetensors'));
      const values = [...saved.values()].reduce((sum, tensor) => sum + tensor.values.length, 0);
      assert.equal(values, parameters);
      assert.deepEqual(saved.get('score.weight')?.shape, [1, config.n_embd]);
      const manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as Manifest;
      assert.equal(manifest.rewardModelHash, manifest.modelHash);
    });
  }

  it('leaves the same trace with one worker, and with a folder that holds the same model', async () => {
    const { traceHash } = JSON.parse(readFileSync(join(root, 'head', 'summary.json'), 'utf8')) as Summary;
    const folder = copyOfEmbedded(join(root, 'copy'), {});
    const again = await run({ path: folder, train: 'head' }, join(root, 'one-worker'), 1);
    assert.equal(again.traceHash, traceHash);
  });

  it('is refused before it begins where the folder has other tokens than the language model', async () => {
    const tokenizer = readFileSync(join(embedded, 'tokenizer.json'), 'utf8');
    const json = JSON.parse(tokenizer) as { model: { vocab: Record<string, number> } };
    const { vocab } = json.model;
    [vocab['a'], vocab['b']] = [vocab['b']!, vocab['a']!];
    const folder = copyOfEmbedded(join(root, 'other'), { 'tokenizer.json': JSON.stringify(json) });
    await assert.rejects(run({ path: folder, train: 'head' }, join(root, 'refused')), (error) => {
      assert.ok(error instanceof UserError);
      assert.equal(
        error.message,
        `${folder}: has another tokenizer than the language model, expected the same for a reward model of ` +
          'kind "gpt2"; take a GPT-2 that was made from the language model',
      );
      return true;
    });
  });

  it('is refused where the folder has fewer positions than the language model', async () => {
    const [{ base, ...loaded }, tokenizer] = await Promise.all([loadModel(null), loadTokenizer(null)]);
    const language: OpenLanguageModel = {
      folder: null,
      config: { ...loaded.config, n_positions: 512 },
      statedEndOfText: loaded.config.eos_token_id,
      base,
      tokenizer,
      tokenizerSource: 'tokenizer.json',
    };
    const scenario = resolveScenario({
      name: 'x',
      reward: { model: { kind: 'gpt2', path: embedded, train: 'head' } },
    });
    await assert.rejects(
      openRewardModel({ scenario, folder: '/' }, language),
      new UserError(`${embedded}: has n_positions 256, expected at least 512, that of the language model`),
    );
  });
});

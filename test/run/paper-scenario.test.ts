import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runScenario } from '../../src/index.js';
import { adapterParameters } from '../../src/learning/model/adapters.js';
import { initialBase } from '../../src/learning/model/base.js';
import type { ModelConfig } from '../../src/learning/model/config.js';
import { loadDistilBert } from '../../src/learning/model/load.js';
import { loraParameters } from '../../src/learning/model/lora.js';
import { refOf } from '../../src/learning/params/param-set.js';
import { writeSafetensors } from '../../src/learning/params/safetensors.js';
import { readSafetensors } from '../golden/read-safetensors.js';
import { packageRoot } from '../../src/paths.js';
import { stream } from '../../src/simulation/random/stream.js';
import type { Manifest } from '../../src/records/manifest.js';
import type { MessageRow } from '../../src/records/rows.js';
import type { Summary } from '../../src/records/summary.js';
import { loadScenario } from '../../src/scenario/load.js';
import { resolveScenario } from '../../src/scenario/validate.js';
import type { ModelShape } from '../../src/learning/model/model-shape.js';
import { tinyDistilBertFolder } from '../learning/training/tiny-distilbert.js';

const file = join(packageRoot(), 'scenarios/paper.json');
const embedded = join(packageRoot(), 'assets/embedded');
const width = 48;

/** A new folder with random weights in the layout in which GPT-2 is published: 12 blocks, as GPT-2 small. */
function smallGpt2Folder(root: string): string {
  const folder = join(root, 'gpt2');
  mkdirSync(folder);
  const { vocab_size, eos_token_id } = JSON.parse(
    readFileSync(join(embedded, 'config.json'), 'utf8'),
  ) as ModelConfig;
  const config = {
    model_type: 'gpt2',
    vocab_size,
    eos_token_id,
    n_positions: 128,
    n_embd: width,
    n_layer: 12,
    n_head: 4,
    layer_norm_epsilon: 1e-5,
  };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  writeFileSync(
    join(folder, 'model.safetensors'),
    writeSafetensors([initialBase(config, stream('weights'))]),
  );
  copyFileSync(join(embedded, 'tokenizer.json'), join(folder, 'tokenizer.json'));
  return folder;
}

/** The paper's structure on small models and the embedded corpus: two clients, a round in each stage. */
function shortened(gpt2: string, distilBert: string): readonly string[] {
  return [
    `model.path=${JSON.stringify(gpt2)}`,
    `reward.model.path=${JSON.stringify(distilBert)}`,
    // A rank below the width of the model.
    'model.lora.r=8',
    'data.files=null',
    'data.synthetic.facts=0',
    'data.examplesPerClient=24',
    'data.testPerClient=4',
    'data.pairsPerClient=12',
    'clients.count=2',
    'server.quorum=2',
    ...['instruction', 'reward', 'alignment'].map((stage) => `${stage}.maxRounds=1`),
    'instruction.localSteps=2',
    'reward.localSteps=2',
    'alignment.promptsPerRound=4',
    'alignment.minibatchSize=4',
    'alignment.maxNewTokens=8',
  ];
}

describe('the scenario of the paper on small models', function () {
  this.timeout(180e3);
  const root = mkdtempSync(join(tmpdir(), 'pwff-paper-'));
  const out = join(root, 'run');
  let distilBert: string;
  let summary: Summary;
  let manifest: Manifest;
  before(async () => {
    distilBert = tinyDistilBertFolder();
    const set = shortened(smallGpt2Folder(root), distilBert);
    const { scenario, folder } = await loadScenario(file, { set });
    summary = await runScenario({ scenario, folder, outFolder: out, workers: 2, backend: 'wasm' });
    manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as Manifest;
  });
  after(() => [root, distilBert].forEach((each) => rmSync(each, { recursive: true, force: true })));

  const countIn = async (name: string, ending: string) => {
    const tensors = await readSafetensors(join(out, 'params', `${name}.safetensors`));
    return [...tensors.keys()].filter((tensor) => tensor.endsWith(ending)).length;
  };

  it('goes through all three stages', () => {
    assert.equal(summary.ended.reason, 'finished', JSON.stringify(summary.ended));
    assert.ok(summary.stages.instruction && summary.stages.reward && summary.stages.alignment);
  });

  it('has 36 adapters: three in each of twelve blocks', async () => {
    assert.equal(await countIn('global', '.down.weight'), 36);
  });

  it('gives a client 12 to 36 LoRA modules by the mean of its shares of volume and speed', async () => {
    assert.equal(manifest.clients.length, 2);
    for (const { id, trainingRows, gigaflopsPerSecond } of manifest.clients) {
      const share = (Math.min(1, trainingRows / (2 * 24)) + gigaflopsPerSecond / 20) / 2;
      const modules = await countIn(id, '.lora_A');
      assert.equal(modules, 12 + Math.round(24 * share), id);
      assert.ok(modules >= 12 && modules <= 36, `${id}: ${modules}`);
    }
  });

  it('uploads of stage 1 carry the adapters and nothing else', () => {
    const updates = readFileSync(join(out, 'messages.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as MessageRow)
      .filter(({ kind }) => kind === 'update');
    assert.equal(updates.length, 2);
    for (const { params, bits } of updates) {
      assert.deepEqual(
        params.map(({ kind }) => kind),
        ['adapters'],
      );
      assert.equal(bits, 512 + 36 * (2 * width * 10 + 10 + width) * 32);
    }
  });

  it('names the reward models’ DistilBERT in the manifest', async () => {
    assert.equal(manifest.rewardModelHash, refOf((await loadDistilBert(distilBert)).base).hash);
  });
});

describe('the payloads of the scenario of the paper', () => {
  const gpt2Small: ModelConfig = {
    vocab_size: 50257,
    n_positions: 1024,
    n_embd: 768,
    n_layer: 12,
    n_head: 12,
    layer_norm_epsilon: 1e-5,
    eos_token_id: 50256,
  };
  const { model } = resolveScenario(JSON.parse(readFileSync(file, 'utf8')));
  const shape: ModelShape = { config: gpt2Small, adapters: model.adapters, lora: model.lora };
  const ofRank = (r: number): ModelShape => ({ ...shape, lora: { ...shape.lora, r } });
  const saved = (r: number) => {
    const adapters = adapterParameters(shape);
    return 1 - adapters / (adapters + loraParameters(ofRank(r), model.lora.maxModules));
  };

  it('are 36 adapters of 2 · 768 · 10 + 10 + 768 numbers, and 36 modules of 2 · 768 · 96', () => {
    assert.equal(adapterParameters(shape), 580_968);
    assert.equal(loraParameters(shape, model.lora.maxModules), 5_308_416);
    assert.equal(loraParameters(shape, model.lora.minModules), 1_769_472);
  });

  it('save 90.1 % without the modules at the rank of section V-A, and at rank 8 the 43 % of V-B', () => {
    assert.equal((100 * saved(model.lora.r)).toFixed(1), '90.1');
    assert.equal((100 * saved(8)).toFixed(1), '43.2');
  });
});

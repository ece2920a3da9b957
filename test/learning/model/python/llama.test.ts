import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { peftConfig, peftWeights } from '../../../../src/learning/interchange/peft-files.js';
import { peftLora } from '../../../../src/learning/interchange/peft-lora.js';
import { writeFolder } from '../../../../src/learning/interchange/write-folder.js';
import { adapterTensors } from '../../../../src/learning/model/adapters.js';
import { packTargets } from '../../../../src/learning/model/batch.js';
import { lossAndGradients, withModel } from '../../../../src/learning/model/gradients.js';
import { generate } from '../../../../src/learning/model/generate.js';
import { loadModel } from '../../../../src/learning/model/load.js';
import { loraSites, loraTensors, targetsOf } from '../../../../src/learning/model/lora.js';
import type { ModelShape } from '../../../../src/learning/model/model-shape.js';
import { leavePython, usePython } from '../../../../src/learning/model/python/session.js';
import type { TunedSets } from '../../../../src/learning/model/slots.js';
import { baseWeights } from '../../../../src/learning/model/weights.js';
import { drawnSet, refOf, tensorsOf, type ParamSet } from '../../../../src/learning/params/param-set.js';
import { responseLoss } from '../../../../src/learning/training/token-loss.js';
import { stream } from '../../../../src/simulation/random/stream.js';
import { testBackend } from '../../../backend.js';
import { needsPython } from '../../../python.js';
import { writeLlama } from './random-llama.js';

const rows = [
  [3, 1, 4, 1, 5, 9, 2, 6],
  [200, 1, 4, 27, 18, 28, 18, 2, 8, 45, 9],
].map((row) => Int32Array.from(row));

/** What PEFT makes of the LoRA in each folder: loss and gradients, by the names of pwff. */
const peft = `
import json, sys, torch
from peft import PeftModel
from transformers import AutoModelForCausalLM
asked = json.load(open(sys.argv[1]))
torch.set_num_threads(1)

def answer(folder):
    model = AutoModelForCausalLM.from_pretrained(folder, torch_dtype=torch.float32)
    model = PeftModel.from_pretrained(model, folder + '/lora', is_trainable=True).eval()
    total, count = 0, 0
    for row, first in zip(asked['rows'], asked['firsts']):
        ids = torch.tensor([row])
        scores = torch.log_softmax(model(input_ids=ids).logits[0, :-1], dim=-1)
        own = scores.gather(1, ids[0, 1:, None])[first - 1:, 0]
        total, count = total - own.sum(), count + len(own)
    loss = total / count
    loss.backward()
    short = lambda name: name.replace('base_model.model.', '').replace('.default.weight', '')
    gradients = {short(n): p.grad.T.flatten().tolist() for n, p in model.named_parameters() if 'lora_' in n}
    return {'loss': loss.item(), 'gradients': gradients}

print(json.dumps([answer(folder) for folder in asked['folders']]))
`;

interface FromPeft {
  readonly loss: number;
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

interface Llama {
  readonly folder: string;
  readonly shape: ModelShape;
  readonly base: ParamSet;
  readonly lora: ParamSet;
  readonly adapters: ParamSet;
}

/** A model of its own folder with LoRA at all projections and adapters at all sites, none of them 0. */
async function llamaOf(
  model_type: string,
  folder: string,
  changes: Readonly<Record<string, unknown>>,
): Promise<Llama> {
  const written = await writeLlama(folder, { model_type, ...changes });
  const { config, base } = await loadModel(folder);
  assert.equal(refOf(base).hash, refOf(written.base).hash);
  const targets = targetsOf(config);
  const shape: ModelShape = {
    config,
    adapters: { sites: ['attention', 'mlp', 'parallel'], bottleneck: 5 },
    lora: { r: 3, alpha: 10, targets },
  };
  const draws = stream('Llama', model_type);
  const normals = () => () => 0.2 * draws.normal();
  return {
    ...{ folder, shape, base },
    lora: drawnSet('lora', loraTensors(shape, loraSites(config, targets).length), normals),
    adapters: drawnSet('adapters', adapterTensors(shape), normals),
  };
}

/** Qwen3's heads are wider than the model here, and its head is not tied. */
const types = { llama: {}, qwen2: {}, qwen3: { head_dim: 8, tie_word_embeddings: false } };

describe('models of Llama’s architecture in Python', function () {
  this.timeout(300_000);
  const root = mkdtempSync(join(tmpdir(), 'pwff-llama-'));
  let llamas: Readonly<Record<string, Llama>>;
  let python = '';

  before(async function () {
    python = needsPython(this);
    await testBackend();
    const named = Object.entries(types).map(
      async ([type, changes]) => [type, await llamaOf(type, join(root, type), changes)] as const,
    );
    llamas = Object.fromEntries(await Promise.all(named));
    usePython(python);
  });
  after(async () => {
    await leavePython();
    rmSync(root, { recursive: true });
  });

  const lossOf = ({ shape, base }: Llama, tuned: TunedSets, trains: readonly string[]) =>
    lossAndGradients(
      shape,
      baseWeights(base),
      tuned,
      (model) => responseLoss(model, packTargets(rows, [3, 4])),
      trains,
    );

  it('leave LoRA at all of their projections that PEFT computes the same loss and gradients of', () => {
    const models = Object.values(llamas);
    for (const { folder, lora, shape } of models) {
      const { config, tensors } = peftLora(lora, shape.lora, shape.config, folder);
      const files = new Map<string, string | ParamSet>([
        [peftConfig, JSON.stringify(config)],
        [peftWeights, tensors],
      ]);
      writeFolder('--peft', join(folder, 'lora'), files);
    }
    const folders = models.map(({ folder }) => folder);
    const asked = { folders, rows: rows.map((row) => [...row]), firsts: [3, 4] };
    const file = join(root, 'asked.json');
    writeFileSync(file, JSON.stringify(asked));
    const { stdout, stderr } = spawnSync(python, ['-c', peft, file], {
      ...{ encoding: 'utf8', timeout: 240_000, maxBuffer: 2 ** 28 },
    });
    assert.ok(stdout.startsWith('['), stderr);
    for (const [i, expected] of (JSON.parse(stdout) as FromPeft[]).entries()) {
      const llama = models[i]!;
      const { loss, gradients } = lossOf(llama, { lora: llama.lora }, ['lora']);
      assert.ok(Math.abs(loss - expected.loss) < 1e-5, `${loss}, ${expected.loss}`);
      assert.deepEqual(
        Object.keys(expected.gradients).toSorted(),
        llama.lora.tensors.map(({ name }) => name).toSorted(),
      );
      for (const { name, values } of tensorsOf({ ...llama.lora, values: gradients['lora']! })) {
        const off = difference(values, expected.gradients[name]!);
        assert.ok(off < 1e-4, `${llama.folder} ${name}: ${off}`);
      }
    }
  });

  for (const type of Object.keys(types)) {
    it(`have gradients of the adapters of a ${type} that are the slopes of its loss`, () => {
      const llama = llamas[type]!;
      const { adapters, lora, shape } = llama;
      const gradient = lossOf(llama, { adapters, lora }, ['adapters']).gradients['adapters']!;
      const length = Math.hypot(...gradient);
      const at = (step: number) => {
        const values = adapters.values.map((value, i) => value + (step * gradient[i]!) / length);
        return lossOf(llama, { adapters: { ...adapters, values }, lora }, ['adapters']).loss;
      };
      const slope = (at(1e-3) - at(-1e-3)) / 2e-3;
      assert.ok(Math.abs(slope / length - 1) < 0.02, `${slope}, ${length}`);
      for (const site of shape.adapters.sites) {
        const own = [...tensorsOf({ ...adapters, values: gradient })].filter(({ name }) =>
          name.includes(site),
        );
        assert.equal(own.length, 4 * shape.config.n_layer);
        for (const { name, values } of own)
          assert.ok(
            values.some((value) => value !== 0),
            name,
          );
      }
    });

    it(`sample of a ${type} with cached keys and values what it samples without`, () => {
      const { adapters, lora, shape, base } = llamas[type]!;
      const sampled = (prompts: readonly Int32Array[], maxNewTokens: number) =>
        withModel(shape, baseWeights(base), { adapters, lora }, (model) =>
          generate(model, prompts, { temperature: 0, maxNewTokens, streams: [] }),
        );
      const responses = sampled(rows, 6);
      assert.ok(responses.every(({ length }) => length > 0));
      rows.forEach((row, i) => {
        const whole = Int32Array.from([...row, ...responses[i]!]);
        for (let at = row.length; at < whole.length; at++) {
          assert.equal(sampled([whole.subarray(0, at)], 1)[0]![0], whole[at]);
        }
      });
    });
  }
});

/** The largest difference, of the largest number expected. */
function difference(got: Float32Array, expected: readonly number[]): number {
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  assert.ok(scale > 0);
  return got.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0) / scale;
}

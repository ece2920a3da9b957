import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adapterTensors } from '../../../../src/learning/model/adapters.js';
import { packTargets } from '../../../../src/learning/model/batch.js';
import type { ModelConfig } from '../../../../src/learning/model/config.js';
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

/** What PEFT makes of the same modules: loss and gradients, by PEFT's names without what they begin with. */
const peft = `
import json, sys, torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM
asked = json.load(open(sys.argv[1]))
torch.set_num_threads(1)
model = AutoModelForCausalLM.from_pretrained(asked['folder'], torch_dtype=torch.float32)
config = LoraConfig(r=asked['r'], lora_alpha=asked['alpha'], target_modules=asked['targets'])
model = get_peft_model(model, config).eval()
names = {}
for name, parameter in model.named_parameters():
    if 'lora_' in name:
        short = name.replace('base_model.model.', '').replace('.default.weight', '')
        names[short] = parameter
        values = torch.tensor(asked['lora'][short]['values']).reshape(asked['lora'][short]['shape'])
        parameter.data.copy_(values.T)
assert sorted(names) == sorted(asked['lora'])
total, count = 0, 0
for row, first in zip(asked['rows'], asked['firsts']):
    ids = torch.tensor([row])
    scores = torch.log_softmax(model(input_ids=ids).logits[0, :-1], dim=-1)
    own = scores.gather(1, ids[0, 1:, None])[first - 1:, 0]
    total, count = total - own.sum(), count + len(own)
loss = total / count
loss.backward()
print(json.dumps({'loss': loss.item(), 'gradients': {n: p.grad.T.flatten().tolist() for n, p in names.items()}}))
`;

for (const model_type of ['llama', 'qwen2', 'qwen3'] as const) {
  describe(`a ${model_type} in Python`, function () {
    this.timeout(300_000);
    const folder = mkdtempSync(join(tmpdir(), 'pwff-llama-'));
    let python = '';
    let config: ModelConfig;
    let base: ParamSet;
    let shape: ModelShape;
    let lora: ParamSet;
    let adapters: ParamSet;

    before(async function () {
      python = needsPython(this);
      await testBackend();
      // Qwen3's heads are wider than the model, and its head is not tied here.
      const changes = model_type === 'qwen3' ? { head_dim: 8, tie_word_embeddings: false } : {};
      const written = await writeLlama(folder, { model_type, ...changes });
      ({ config, base } = await loadModel(folder));
      assert.equal(refOf(base).hash, refOf(written.base).hash);
      const targets = targetsOf(config);
      shape = {
        config,
        adapters: { sites: ['attention', 'mlp', 'parallel'], bottleneck: 5 },
        lora: { r: 3, alpha: 10, targets },
      };
      const draws = stream('Llama');
      const normals = (deviation: number) => () => () => deviation * draws.normal();
      lora = drawnSet('lora', loraTensors(shape, loraSites(config, targets).length), normals(0.2));
      adapters = drawnSet('adapters', adapterTensors(shape), normals(0.2));
      usePython(python);
    });
    after(async () => {
      await leavePython();
      rmSync(folder, { recursive: true });
    });

    const lossOf = (tuned: TunedSets, trains: readonly string[]) =>
      lossAndGradients(
        shape,
        baseWeights(base),
        tuned,
        (model) => responseLoss(model, packTargets(rows, [3, 4])),
        trains,
      );

    it('has loss and gradients of the LoRA that PEFT puts at all of its projections', () => {
      const asked = {
        ...{ folder, r: 3, alpha: 10, rows: rows.map((row) => [...row]), firsts: [3, 4] },
        targets: ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'],
        lora: Object.fromEntries(
          [...tensorsOf(lora)].map(({ name, shape, values }) => [name, { shape, values: [...values] }]),
        ),
      };
      const file = join(folder, 'asked.json');
      writeFileSync(file, JSON.stringify(asked));
      const { stdout, stderr } = spawnSync(python, ['-c', peft, file], {
        encoding: 'utf8',
        timeout: 240_000,
        maxBuffer: 2 ** 28,
      });
      assert.ok(stdout.startsWith('{'), stderr);
      const expected = JSON.parse(stdout) as { loss: number; gradients: Record<string, number[]> };
      const { loss, gradients } = lossOf({ lora }, ['lora']);
      assert.ok(Math.abs(loss - expected.loss) < 1e-5, `${loss}, ${expected.loss}`);
      const got = tensorsOf({ ...lora, values: gradients['lora']! });
      for (const { name, values } of got) {
        const scale = expected.gradients[name]!.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        assert.ok(scale > 0, name);
        const off = values.reduce(
          (most, value, i) => Math.max(most, Math.abs(value - expected.gradients[name]![i]!)),
          0,
        );
        assert.ok(off / scale < 1e-4, `${name}: ${off / scale}`);
      }
    });

    it('has gradients of its adapters that are the slopes of its loss', () => {
      const { gradients } = lossOf({ adapters, lora }, ['adapters']);
      const gradient = gradients['adapters']!;
      const direction = gradient.map((value) => value / Math.hypot(...gradient));
      const at = (step: number) => {
        const values = adapters.values.map((value, i) => value + step * direction[i]!);
        return lossOf({ adapters: { ...adapters, values }, lora }, ['adapters']).loss;
      };
      const slope = (at(1e-3) - at(-1e-3)) / 2e-3;
      assert.ok(Math.abs(slope / Math.hypot(...gradient) - 1) < 0.02, `${slope}, ${Math.hypot(...gradient)}`);
      for (const site of shape.adapters.sites) {
        const own = [...tensorsOf({ ...adapters, values: gradient })].filter(({ name }) =>
          name.includes(site),
        );
        assert.equal(own.length, 4 * config.n_layer);
        for (const { name, values } of own)
          assert.ok(
            values.some((value) => value !== 0),
            name,
          );
      }
    });

    it('samples token by token what it would score highest in one pass', () => {
      const responses = withModel(shape, baseWeights(base), { adapters, lora }, (model) =>
        generate(model, rows, { temperature: 0, maxNewTokens: 6, streams: [] }),
      );
      rows.forEach((row, i) => {
        const whole = Int32Array.from([...row, ...responses[i]!]);
        const others = [...responses[i]!.keys()].map((t) => row.length + t);
        for (const at of others) {
          const again = withModel(shape, baseWeights(base), { adapters, lora }, (model) =>
            generate(model, [whole.subarray(0, at)], { temperature: 0, maxNewTokens: 1, streams: [] }),
          );
          assert.equal(again[0]![0], whole[at]);
        }
      });
      assert.ok(responses.every(({ length }) => length > 0));
    });
  });
}

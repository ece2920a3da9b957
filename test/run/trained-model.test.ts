import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import * as tf from '@tensorflow/tfjs';
import { main } from '../../src/cli/program.js';
import { services } from '../../src/cli/services.js';
import { mergedBase } from '../../src/learning/interchange/merged-base.js';
import { selectBackend, valuesOf } from '../../src/learning/model/backend.js';
import { packTargets } from '../../src/learning/model/batch.js';
import { hiddenStates } from '../../src/learning/model/gpt.js';
import { withModel } from '../../src/learning/model/gradients.js';
import { logits } from '../../src/learning/model/log-probs.js';
import type { ModelShape } from '../../src/learning/model/model-shape.js';
import type { TunedSets } from '../../src/learning/model/slots.js';
import { baseWeights } from '../../src/learning/model/weights.js';
import { paramSet, type ParamSet } from '../../src/learning/params/param-set.js';
import { runScenario } from '../../src/run/run.js';
import { openTrainedModel } from '../../src/run/trained-model.js';
import { loadScenario } from '../../src/scenario/load.js';
import { methods, type MethodName } from '../../src/strategies/methods/index.js';
import { own, shared, type Method } from '../../src/strategies/methods/method.js';
import { readSafetensors } from '../golden/read-safetensors.js';

const rows = [Int32Array.from([3, 1, 4, 1, 5, 9, 2, 6]), Int32Array.from([20, 0, 27, 18, 28, 18, 2, 8])];

function logitsOf(shape: ModelShape, base: ParamSet, tuned: TunedSets): Float32Array {
  const { batch, targets } = packTargets(
    rows,
    rows.map(() => 1),
  );
  return withModel(shape, baseWeights(base), tuned, (model) =>
    tf.tidy(() => valuesOf(logits(model, hiddenStates(model, batch, targets.at))).slice()),
  );
}

/** The tensors of a file by kind, as `params/` has them. */
async function setsIn(file: string): Promise<TunedSets> {
  const tensors = [...(await readSafetensors(file))].map(([name, { shape, values }]) => ({
    name,
    shape,
    values,
  }));
  const lora = tensors.filter(({ name }) => name.includes('.lora_'));
  const adapters = tensors.filter(({ name }) => !name.includes('.lora_'));
  return {
    ...(adapters.length > 0 && { adapters: paramSet('adapters', adapters) }),
    ...(lora.length > 0 && { lora: paramSet('lora', lora) }),
  };
}

describe('a model that a run left', function () {
  let folder = '';
  const at = (name: string) => join(folder, name);
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pwff-trained-model-'));
    await selectBackend('wasm');
  });
  after(() => rmSync(folder, { recursive: true }));

  // Noise in place of learning: no tensor is zero. A method runs once.
  const run = async (method: MethodName, ...set: readonly string[]) => {
    if (existsSync(at(method))) return at(method);
    const [out, err] = [new PassThrough(), new PassThrough()];
    const settings = ['stages=["instruction"]', 'learning=stub', `method=${method}`, ...set];
    const args = ['run', 'tiny', '--out', at(method), ...settings.flatMap((each) => ['--set', each])];
    assert.equal(await main(args, services, { out, err }), 0, String(err.read()));
    return at(method);
  };

  /** What is exported, adapters beside a base with LoRA merged, against the slots of the run's own files. */
  const sameLogits = async (
    runFolder: string,
    client: string | null,
    { mixture }: Pick<Method, 'mixture'>,
    tuned: TunedSets,
  ) => {
    const { manifest, config, base, adapters, lora } = await openTrainedModel(runFolder, {
      client,
      model: null,
    });
    const { model } = manifest.scenario;
    const shape = { config, adapters: model.adapters, lora: model.lora };
    const ours = logitsOf({ ...shape, ...(mixture && { mixture }) }, base, tuned);
    const exported = logitsOf(
      shape,
      lora ? mergedBase(base, lora, model.lora) : base,
      adapters ? { adapters } : {},
    );
    const untuned = logitsOf(shape, base, {});
    assert.ok(ours.some((value, i) => Math.abs(value - untuned[i]!) > 0.01));
    exported.forEach((value, i) => assert.ok(Math.abs(value - ours[i]!) < 1e-4, `${value} and ${ours[i]}`));
  };

  it('is one LoRA where a client has two, each with its share of the change', async () => {
    for (const method of ['feddpa-t', 'pwff-two-loras'] as const) {
      const left = await run(method);
      const names = methods[method].slots.map(({ name }) => name);
      const sets = await Promise.all(
        names.map(async (name) => {
          const file = name === 'lora' ? 'client-2' : `client-2.${name}`;
          return [name, (await setsIn(join(left, 'params', `${file}.safetensors`)))['lora']!] as const;
        }),
      );
      await sameLogits(left, 'client-2', methods[method], Object.fromEntries(sets));
    }
  });

  it('is the personal twin, or its mean with the shared one, where a method mixes them so', async () => {
    for (const method of ['ditto', 'apfl'] as const) {
      const left = await run(method);
      const file = (name: string) => join(left, 'params', `client-1${name}.safetensors`);
      const twin = {
        ...(await setsIn(file('.personal-adapters'))),
        ...(await setsIn(file('.personal-lora'))),
      };
      await sameLogits(left, 'client-1', methods[method], {
        ...(await setsIn(file(''))),
        'personal-adapters': twin['adapters']!,
        'personal-lora': twin['lora']!,
      });
    }
  });

  it('of the server is what is shared, without control variates, whatever clients keep beside it', async () => {
    for (const method of ['ditto', 'scaffold', 'feddpa-t'] as const) {
      const left = await run(method);
      const tuned = await setsIn(join(left, 'params', 'global.safetensors'));
      await sameLogits(left, null, {}, tuned);
    }
  });

  it('has both matrices where a method treats them apart', async () => {
    const left = await run('fedsa-lora');
    const tuned = await setsIn(join(left, 'params', 'client-3.safetensors'));
    await sameLogits(left, 'client-3', {}, tuned);
  });

  it('is read by the slots of a method that the caller brought along, whatever they are called', async () => {
    const mixture = { common: { share: 1 }, mine: { share: 0.5 } };
    const method: Method = {
      ...methods['pwff'],
      name: 'mine',
      slots: [
        { ...shared('lora'), name: 'common' },
        { ...own('lora'), name: 'mine' },
      ],
      mixture,
    };
    const out = at('mine');
    const settings = ['stages=["instruction"]', 'learning=stub', 'method=mine'];
    const strategies = { methods: [method] };
    const { scenario, folder } = await loadScenario('scenarios/tiny.json', { set: settings, strategies });
    await runScenario({ scenario, folder, outFolder: out, workers: 1, backend: 'wasm', strategies });
    const file = (slot: string) => join(out, 'params', `client-1.${slot}.safetensors`);
    await sameLogits(out, 'client-1', method, {
      common: (await setsIn(file('common')))['lora']!,
      mine: (await setsIn(file('mine')))['lora']!,
    });
  });

  it('has modules of their own ranks, each by alpha over its rank', async () => {
    const devices =
      'clients.devices=[{"gigaflopsPerSecond":20,"share":1},{"gigaflopsPerSecond":8,"share":1},{"gigaflopsPerSecond":2,"share":1}]';
    const left = await run(
      'hetlora',
      'model.lora.minRank=1',
      'model.lora.r=8',
      'seed=3',
      'model.lora.sharedModules=by-resources',
      devices,
    );
    const sets = await Promise.all(
      [1, 2, 3].map((k) => setsIn(join(left, 'params', `client-${k}.safetensors`))),
    );
    const ranks = sets.map(
      ({ lora }) => lora!.tensors.find(({ name }) => name.endsWith('.lora_A'))!.shape[1],
    );
    assert.ok(new Set(ranks).size > 1, ranks.join());
    for (const [i, tuned] of sets.entries()) await sameLogits(left, `client-${i + 1}`, {}, tuned);
  });
});

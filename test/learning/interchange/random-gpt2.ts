import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { adapterTensors } from '../../../src/learning/model/adapters.js';
import { valuesOf } from '../../../src/learning/model/backend.js';
import { baseTensors } from '../../../src/learning/model/base.js';
import { packTargets } from '../../../src/learning/model/batch.js';
import type { LoraTarget } from '../../../src/learning/model/config.js';
import { hiddenStates } from '../../../src/learning/model/gpt.js';
import { withModel } from '../../../src/learning/model/gradients.js';
import { logits } from '../../../src/learning/model/log-probs.js';
import { loraSites, loraTensors } from '../../../src/learning/model/lora.js';
import type { ModelShape } from '../../../src/learning/model/model-shape.js';
import { baseWeights } from '../../../src/learning/model/weights.js';
import { drawnSet, paramSet, tensorsOf, type ParamSet } from '../../../src/learning/params/param-set.js';
import { writeSafetensors } from '../../../src/learning/params/safetensors.js';
import { stream } from '../../../src/simulation/random/stream.js';

export const targets: readonly LoraTarget[] = ['q', 'k', 'v', 'attn.c_proj', 'mlp.c_fc', 'mlp.c_proj'];

/** A GPT-2 that is small, and no width of which is another. */
export const shape: ModelShape = {
  config: {
    vocab_size: 50,
    n_positions: 16,
    n_embd: 24,
    n_layer: 3,
    n_head: 2,
    layer_norm_epsilon: 1e-5,
    eos_token_id: 49,
  },
  adapters: { sites: ['attention', 'mlp', 'parallel'], bottleneck: 5 },
  lora: { r: 3, alpha: 10, targets },
};

export const rows: readonly (readonly number[])[] = [
  [3, 1, 4, 1, 5, 9, 2, 6],
  [49, 0, 27, 18, 28, 18, 2, 8],
];

const normal = (deviation: number, purpose: string) => {
  const draws = stream('interchange', purpose);
  return () => () => deviation * draws.normal();
};

/** Weights of such a size that every part of the model tells in its logits; gains around 1. */
export function randomBase(): ParamSet {
  const draws = stream('interchange', 'base');
  return drawnSet('base', baseTensors(shape.config), ({ name }) =>
    /ln_\w\.weight$/.test(name) ? () => 1 + 0.2 * draws.normal() : () => 0.2 * draws.normal(),
  );
}

/** LoRA at all places, or at those of these names; no B is zero. */
export function randomLora(isWanted: (name: string) => boolean = () => true): ParamSet {
  const all = loraTensors(shape, loraSites(shape.config, targets).length);
  return drawnSet(
    'lora',
    all.filter(({ name }) => isWanted(name.replace(/\.lora_[AB]$/, ''))),
    normal(0.2, 'lora'),
  );
}

export function randomAdapters(sites = shape.adapters.sites): ParamSet {
  return drawnSet(
    'adapters',
    adapterTensors({ ...shape, adapters: { sites, bottleneck: 5 } }),
    normal(0.3, 'adapters'),
  );
}

/** A folder as Hugging Face has it. */
export function writeModel(folder: string, base: ParamSet): void {
  mkdirSync(folder, { recursive: true });
  const config = { model_type: 'gpt2', architectures: ['GPT2LMHeadModel'], ...shape.config };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  const named = [...tensorsOf(base)].map((tensor) => ({ ...tensor, name: `transformer.${tensor.name}` }));
  writeFileSync(join(folder, 'model.safetensors'), writeSafetensors([paramSet('base', named)]));
}

/** Logits of `rows` before each token but the first, row by row. */
export function logitsOf(
  base: ParamSet,
  { adapters, lora }: { adapters?: ParamSet; lora?: ParamSet },
): Float32Array {
  const { batch, targets: wanted } = packTargets(
    rows.map((row) => Int32Array.from(row)),
    rows.map(() => 1),
  );
  const tuned = { ...(adapters && { adapters }), ...(lora && { lora }) };
  return withModel(shape, baseWeights(base), tuned, (model) =>
    tf.tidy(() => valuesOf(logits(model, hiddenStates(model, batch, wanted.at))).slice()),
  );
}

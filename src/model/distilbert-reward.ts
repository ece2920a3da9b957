import { paramSet, sizeOf, tensorsOf, type ParamSet } from '../params/param-set.js';
import type { Stream } from '../random/stream.js';
import { distilBertHeadTensors, type DistilBertConfig } from './distilbert-config.js';
import type { LoadedDistilBert } from './load.js';

/** What of a DistilBERT Step 2.3 trains, and the bus carries: all of it, as the paper has it, or its head. */
export type TrainedPart = 'full' | 'head';

/**
 * Step 2.1: a reward model of a loaded DistilBERT; its head is the folder's own, or a new one. "head": these
 * tensors alone, to be read over `frozenBackbone`.
 */
export function initialDistilBertReward(
  { config, base, head }: LoadedDistilBert,
  train: TrainedPart,
  draws: Stream,
): ParamSet {
  const start = head ?? initialHead(config, draws);
  return train === 'head' ? start : paramSet('reward', [...tensorsOf(base), ...tensorsOf(start)]);
}

/** The backbone that all heads share, of a kind that no upload may carry. */
export function frozenBackbone({ base }: LoadedDistilBert): ParamSet {
  return { ...base, kind: 'base' };
}

/** A head as transformers starts one: weights normal with deviation 0.02, biases 0. */
export function initialHead(config: DistilBertConfig, draws: Stream): ParamSet {
  const tensors = distilBertHeadTensors(config).map(({ name, shape }) => {
    const values = new Float32Array(sizeOf(shape));
    if (name.endsWith('.weight')) values.forEach((_, i) => (values[i] = 0.02 * draws.normal()));
    return { name, shape, values };
  });
  return paramSet('reward', tensors);
}

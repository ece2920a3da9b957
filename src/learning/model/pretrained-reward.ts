import { drawnSet, paramSet, tensorsOf, type ParamSet, type TensorSpec } from '../params/param-set.js';
import type { Stream } from '../../simulation/random/stream.js';

/**
 * What of a pre-trained network Step 2.3 trains, and the bus carries: all of it, as the paper has it, or its
 * head.
 */
export type TrainedPart = 'full' | 'head';

/** A pre-trained network that reward models start from, as its folder has it. */
export interface PretrainedReward {
  /** All but the head. */
  readonly base: ParamSet;
  /** `headTensors`; null where the folder has none of one label, so that the head is new. */
  readonly head: ParamSet | null;
  readonly headTensors: readonly TensorSpec[];
}

/**
 * Step 2.1: a reward model of a pre-trained network; its head is the folder's own, or a new one. "head":
 * these tensors alone, to be read over `frozenBackbone`.
 */
export function initialPretrainedReward(
  { base, head, headTensors }: PretrainedReward,
  train: TrainedPart,
  draws: Stream,
): ParamSet {
  const start = head ?? initialHead(headTensors, draws);
  return train === 'head' ? start : paramSet('reward', [...tensorsOf(base), ...tensorsOf(start)]);
}

/** The tensors of {@link initialPretrainedReward}. */
export function pretrainedRewardTensors(
  { base, headTensors }: Pick<PretrainedReward, 'base' | 'headTensors'>,
  train: TrainedPart,
): readonly TensorSpec[] {
  return train === 'head' ? headTensors : [...base.tensors, ...headTensors];
}

/** The backbone that all heads share, of a kind that no upload may carry. */
export function frozenBackbone({ base }: Pick<PretrainedReward, 'base'>): ParamSet {
  return base.kind === 'base' ? base : { ...base, kind: 'base' };
}

/** A head as transformers starts one: weights normal with deviation 0.02, biases 0. */
export function initialHead(headTensors: readonly TensorSpec[], draws: Stream): ParamSet {
  const normal = () => 0.02 * draws.normal();
  return drawnSet('reward', headTensors, ({ name }) => (name.endsWith('.weight') ? normal : null));
}

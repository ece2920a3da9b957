import type * as tf from '@tensorflow/tfjs';
import type { Batch } from '../../model/batch.js';
import type { Head } from '../../model/head.js';
import type { Weights } from '../../model/weights.js';
import type { ParamSet } from '../../params/param-set.js';
import type { RewardModels } from './reward-models.js';

/** A pre-trained network: its backbone, and the head that reads the backbone's states. */
export interface Network {
  readonly head: Head;
  /** Width of a state. */
  readonly width: number;
  /**
   * The state of each row that the head reads, (B, width), in the caller's tidy; `learns`: with gradients for
   * all weights, else they are constants.
   */
  readonly states: (weights: Weights, batch: Batch, learns: boolean) => tf.Tensor2D;
}

/**
 * Which of a pre-trained network's tensors a reward model is: all of them, or the head over a frozen
 * backbone.
 */
export interface PretrainedPart extends Pick<RewardModels, 'train' | 'scoresOfPairs'> {
  /** A reader of the scores of rows of the network's own tokens, by any reward model. */
  readRows(rows: readonly Int32Array[]): (set: ParamSet) => Float32Array;
}

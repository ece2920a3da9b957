import type { ParamSet } from '../../params/param-set.js';
import type { RewardModels } from './reward-models.js';

/**
 * Which of a pre-trained network's tensors a reward model is: all of them, or the head over a frozen
 * backbone.
 */
export interface PretrainedPart extends Pick<RewardModels, 'train' | 'scoresOfPairs'> {
  /** A reader of the scores of rows of the network's own tokens, by any reward model. */
  readRows(rows: readonly Int32Array[]): (set: ParamSet) => Float32Array;
}

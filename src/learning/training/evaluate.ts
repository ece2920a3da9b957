import { ratioOrNull } from '../../moments.js';
import type { TokenTable } from '../data/token-table.js';
import { computed, valuesOf } from '../model/backend.js';
import { hiddenStates, type Gpt } from '../model/gpt.js';
import { withModel, type Trained } from '../model/gradients.js';
import { kernels } from '../model/kernels/index.js';
import { logits } from '../model/log-probs.js';
import { baseWeights, type Weights } from '../model/weights.js';
import { inBatches, responseBatch, tableRow } from './batches.js';
import type { Figure } from './figure.js';
import type { TaskFunction } from './task.js';
import type { ModelShape } from '../model/model-shape.js';

/** Measures a client's model on its own test rows and on what only others were taught; changes nothing. */
export const evaluate: TaskFunction<'evaluate'> = ({ model, params, data }) => {
  const base = baseWeights(params.base);
  const own = measure(model, base, params, data.test);
  const shared = measure(model, base, params, data.shared);
  const metrics = { loss: own.loss, accuracy: own.accuracy, sharedAccuracy: shared.contentAccuracy };
  return Promise.resolve({ output: {}, metrics });
};

/** What teacher forcing tells of a table; null where it has no such tokens. */
export interface Measurement {
  /** Mean negative log-likelihood (nats) of a response token, end-of-text included. */
  readonly loss: Figure;
  /** Share of response tokens, end-of-text included, that are the likeliest at their place. */
  readonly accuracy: Figure;
  /** The same over content tokens only. */
  readonly contentAccuracy: Figure;
}

const batchSize = 32;

export function measure(shape: ModelShape, base: Weights, sets: Trained, table: TokenTable): Measurement {
  const sum = { tokens: 0, loss: 0, right: 0, content: 0, contentRight: 0 };
  withModel(shape, base, sets, (model) => {
    for (const indices of inBatches(table.count, batchSize)) count(model, table, indices, sum);
  });
  return {
    loss: ratioOrNull(sum.loss, sum.tokens),
    accuracy: ratioOrNull(sum.right, sum.tokens),
    contentAccuracy: ratioOrNull(sum.contentRight, sum.content),
  };
}

/** Adds what one batch shows to the sums. */
function count(
  model: Gpt,
  table: TokenTable,
  indices: readonly number[],
  sum: { tokens: number; loss: number; right: number; content: number; contentRight: number },
): void {
  const { batch, targets } = responseBatch(table, indices);
  const { logProbs, scores } = computed(() => {
    const scores = logits(model, hiddenStates(model, batch, targets.at));
    const { value } = kernels().logSoftmaxAt(scores, targets.ids);
    return { logProbs: valuesOf(value).slice(), scores: valuesOf(scores).slice() };
  });
  indices.forEach((index, b) => {
    const { response, contentStart, contentEnd } = tableRow(table, index);
    for (let m = targets.offsets[b]!; m < targets.offsets[b + 1]!; m++) {
      const place = response + m - targets.offsets[b]!;
      const isContent = place >= contentStart && place < contentEnd;
      const right = isLikeliest(scores, m, targets.ids[m]!, model.shape.config.vocab_size);
      sum.tokens++;
      sum.loss -= logProbs[m]!;
      if (right) sum.right++;
      if (isContent) sum.content++;
      if (isContent && right) sum.contentRight++;
    }
  });
}

/** Whether no score of row m is above that of `id`; false where one of them is NaN, which cannot be ranked. */
function isLikeliest(scores: Float32Array, m: number, id: number, vocabulary: number): boolean {
  const own = scores[m * vocabulary + id]!;
  for (let v = m * vocabulary; v < (m + 1) * vocabulary; v++) if (!(scores[v]! <= own)) return false;
  return true;
}

import type * as tf from '@tensorflow/tfjs';
import type { TokenTable } from '../../data/token-table.js';
import { computed, valuesOf } from '../../model/backend.js';
import { packRows } from '../../model/batch.js';
import { differentiate, scalarLoss } from '../../model/gradients.js';
import { inPasses } from '../../model/passes.js';
import { withWeights, type Weights } from '../../model/weights.js';
import type { ParamSet } from '../../params/param-set.js';
import { Adam } from '../adam.js';
import { drawBatches, tableRow } from '../batches.js';
import { copyOf } from '../instruct.js';
import { preferenceLoss } from '../preference-loss.js';
import { concatenated } from '../rollout.js';
import { tokenRows } from '../table-features.js';
import type { RewardTraining, TrainedReward } from './reward-models.js';
import type { Network, PretrainedPart } from './pretrained.js';

/** Scores (B) of rows of tokens by all tensors of a network, as `Network` has its states. */
type ScoreRows = (weights: Weights, rows: readonly Int32Array[], learns: boolean) => tf.Tensor1D;

/** Whole pre-trained networks, backbone and head in one set. */
export function wholeNetwork({ head, states }: Network): PretrainedPart {
  const scores: ScoreRows = (weights, rows, learns) =>
    head.values(weights, states(weights, packRows(rows), learns));
  return {
    train: (start, pairs, training) => trainWhole(scores, start, pairs, training),
    scoresOfPairs: (set, pairs) => scoresOfRows(scores, set, tokenRows(pairs)),
    readRows: (rows) => (set) => scoresOfRows(scores, set, rows),
  };
}

function scoresOfRows(scores: ScoreRows, set: ParamSet, rows: readonly Int32Array[]): Float32Array {
  const passes = inPasses(rows, ({ length }) => length);
  return withWeights(set, (weights) => {
    const parts = passes.map((pass) => computed(() => valuesOf(scores(weights, pass, false)).slice()));
    return concatenated([new Float32Array(), ...parts]);
  });
}

function trainWhole(
  scores: ScoreRows,
  start: ParamSet,
  table: TokenTable,
  { hyper, seed, objective }: RewardTraining,
): TrainedReward {
  const set = copyOf(start);
  const adam = new Adam(set.values, hyper);
  const batches = drawBatches(table.count / 2, hyper.batchSize, seed, 'pairs', objective);
  let sum = 0;
  for (let step = 0; step < hyper.localSteps; step++) {
    const pairs = batches.next().value.map((pair): Pair => {
      const [chosen, rejected] = [tableRow(table, 2 * pair), tableRow(table, 2 * pair + 1)];
      return [chosen.tokens, rejected.tokens];
    });
    const { loss, gradient } = lossAndGradient(scores, set, pairs, hyper.centerCoefficient);
    adam.step(gradient);
    sum += loss;
  }
  return { set, loss: sum / hyper.localSteps };
}

type Pair = readonly [chosen: Int32Array, rejected: Int32Array];

/** Mean loss of one pair or more and its gradient, summed over passes that the backend's memory holds. */
function lossAndGradient(
  scores: ScoreRows,
  set: ParamSet,
  pairs: readonly Pair[],
  centerCoefficient: number,
): { loss: number; gradient: Float32Array } {
  let loss = 0;
  let gradient: Float32Array | undefined;
  withWeights(set, (weights) => {
    for (const pass of inPasses(pairs, ([chosen, rejected]) => chosen.length + rejected.length)) {
      const share = pass.length / pairs.length;
      const part = differentiate([...weights.values()], () =>
        scalarLoss(scores(weights, pass.flat(), true), (values) => {
          const result = preferenceLoss(values, centerCoefficient);
          loss += share * result.loss;
          return { value: result.loss, gradient: Float32Array.from(result.gradient, (g) => share * g) };
        }),
      );
      gradient = gradient ? added(gradient, part.gradient) : part.gradient;
    }
  });
  return { loss, gradient: gradient! };
}

/** sum + part, in sum's memory. */
function added(sum: Float32Array, part: Float32Array): Float32Array {
  for (let i = 0; i < sum.length; i++) sum[i]! += part[i]!;
  return sum;
}

import Type from 'typebox';
import { paramSet, type ParamSet } from '../../learning/params/param-set.js';
import { closed } from '../../settings/form.js';
import { aggregation, type Aggregation } from './aggregation.js';
import { byName, plus, stepped, type TensorOfSet } from './deltas.js';
import { withKept } from './kept-tensors.js';
import { rate, weightBy, weighting } from './own-options.js';
import { kindOf, meanOf, type Tensor, type WeightOf } from './weighted-mean.js';

/**
 * FedAvg with server momentum: v ← βv + Δ, w ← w + ηv, Δ the weighted mean of the deltas (Hsu, Qi and Brown,
 * Measuring the Effects of Non-Identical Data Distribution, 2019). A stale update counts less.
 */
export const fedavgm = aggregation({
  name: 'fedavgm',
  description: 'FedAvg with a server’s rate and momentum',
  bearsPartial: true,
  options: closed({
    rate: rate(1),
    momentum: Type.Number({ minimum: 0, exclusiveMaximum: 1, default: 0.9, description: 'β' }),
    weighting: weighting('rows'),
  }),
  needsBase: () => true,
  overTheAir: ({ weighting }) => ({ weighting, of: 'deltas' }),
  make: ({ rate, momentum, weighting, stalenessExponent }) =>
    withMomentum(rate, momentum, weightBy(weighting, stalenessExponent)),
});

function withMomentum(rate: number, momentum: number, weightOf: WeightOf): Aggregation {
  return (given) => {
    const before = given.memory.sets['velocity'] ?? null;
    const old = byName(before);
    const velocities: Tensor[] = [];
    const global = stepped(given, weightOf, (sum, tensor) => {
      const velocity = plus(meanOf(sum), old.get(tensor.name)?.values ?? zeros(tensor), momentum);
      velocities.push({ ...sum.spec, values: velocity });
      return plus(tensor.values, velocity, rate);
    });
    const velocity = withKept(paramSet(kindOf(given.updates), velocities), before);
    return { global, memory: { sets: { velocity }, notes: {} } };
  };
}

function zeros({ values }: TensorOfSet): ParamSet['values'] {
  return new Float32Array(values.length);
}

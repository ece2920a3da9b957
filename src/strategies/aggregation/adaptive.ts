import Type, { type Static } from 'typebox';
import { paramSet } from '../../learning/params/param-set.js';
import { closed, positive } from '../../settings/form.js';
import { aggregation, type Aggregation, type AggregationStrategy } from './aggregation.js';
import { byName, stepped } from './deltas.js';
import { withKept } from './kept-tensors.js';
import { rate, weightBy, weighting } from './own-options.js';
import { kindOf, meanOf, type Tensor, type WeightOf } from './weighted-mean.js';

/*
 * FedOpt with an adaptive optimiser at the server (Reddi et al., Adaptive Federated Optimization, ICLR 2021,
 * arXiv 2003.00295, Algorithm 2). With Δ, the weighted mean of the clients' deltas, as the pseudo-gradient:
 *
 *     m ← β₁ m + (1 − β₁) Δ      v ← by Adagrad, Adam or Yogi      w ← w + η m / (√v + τ)
 *
 * from m = 0 and v = τ². There is no correction of m and v for their start, and τ is added to the root.
 */

const decay = (value: number, description: string) =>
  Type.Number({ minimum: 0, exclusiveMaximum: 1, default: value, description });

const options = (beta1: number) =>
  closed({
    rate: rate(0.1),
    beta1: decay(beta1, 'β₁, what is kept of the mean change'),
    beta2: decay(0.99, 'β₂, what is kept of the mean square; Adagrad does not read it'),
    tau: positive(1e-3, 'τ, how little of a change still counts as one'),
    weighting: weighting('rows'),
  });

type Options = Static<ReturnType<typeof options>>;

/** The next v of a coordinate, given v, Δ² and β₂. */
export type SecondMoment = (v: number, squared: number, beta2: number) => number;

/** A strategy of this family. */
export function adaptive(
  name: string,
  description: string,
  beta1: number,
  secondMoment: SecondMoment,
): AggregationStrategy {
  return aggregation({
    name,
    description,
    bearsPartial: true,
    options: options(beta1),
    needsBase: () => true,
    overTheAir: ({ weighting }) => ({ weighting, of: 'deltas' }),
    make: ({ weighting, stalenessExponent, ...own }) =>
      optimising(own, secondMoment, weightBy(weighting, stalenessExponent)),
  });
}

function optimising(
  { rate, beta1, beta2, tau }: Omit<Options, 'weighting'>,
  secondMoment: SecondMoment,
  weightOf: WeightOf,
): Aggregation {
  return (given) => {
    const { mean: meanBefore = null, square: squareBefore = null } = given.memory.sets;
    const [means, squares] = [byName(meanBefore), byName(squareBefore)];
    const next: { readonly mean: Tensor[]; readonly square: Tensor[] } = { mean: [], square: [] };
    const global = stepped(given, weightOf, (sum, { name, values }) => {
      const [m, v] = [means.get(name)?.values, squares.get(name)?.values];
      const change = meanOf(sum);
      const mean = change.map((delta, i) => beta1 * (m?.[i] ?? 0) + (1 - beta1) * delta);
      const square = change.map((delta, i) => secondMoment(v?.[i] ?? tau * tau, delta * delta, beta2));
      next.mean.push({ ...sum.spec, values: mean });
      next.square.push({ ...sum.spec, values: square });
      return Float64Array.from(values, (w, i) => w + (rate * mean[i]!) / (Math.sqrt(square[i]!) + tau));
    });
    const kind = kindOf(given.updates);
    const sets = {
      mean: withKept(paramSet(kind, next.mean), meanBefore),
      square: withKept(paramSet(kind, next.square), squareBefore),
    };
    return { global, memory: { sets, notes: {} } };
  };
}

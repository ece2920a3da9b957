import Type, { type Static } from 'typebox';
import { paramSet, tensorsOf } from '../../learning/params/param-set.js';
import { closed, positive } from '../../settings/form.js';
import { aggregation, type Update } from './aggregation.js';
import { byName } from './deltas.js';
import { stalenessWeight } from './staleness.js';
import { inOrder, kindOf, type Tensor } from './weighted-mean.js';

const options = closed({
  alpha: Type.Number({
    exclusiveMinimum: 0,
    maximum: 1,
    default: 0.6,
    description: 'α, the share of an update in time in the next global model',
  }),
  staleness: Type.Enum(['constant', 'polynomial', 'hinge'], {
    default: 'polynomial',
    description:
      's(τ) of an update that is τ versions late. constant: 1; polynomial: (1 + τ)^-a by /server/stalenessExponent; ' +
      'hinge: 1 up to `hingeFrom`, b, then 1 / (a (τ − b) + 1) by `hingeSlope`',
  }),
  hingeSlope: positive(10, 'a of "hinge"'),
  hingeFrom: Type.Number({ minimum: 0, default: 6, description: 'b of "hinge", in versions' }),
});

type Settings = Static<typeof options> & { readonly stalenessExponent: number };

/**
 * w ← (1 − α_t) w + α_t w_i with α_t = α s(τ) (Xie, Koyejo and Gupta, Asynchronous Federated Optimization,
 * arXiv 1903.03934), for one update after the other where there are several: those of the oldest version
 * first, of one version by client. The staleness is each update's own; the share does not shrink from one
 * version to the next. A tensor that the global model does not hold yet begins as the first update's.
 */
export const fedasync = aggregation({
  name: 'fedasync',
  description: 'each update is mixed into the global model',
  needsUpdatesOnly: true,
  bearsPartial: true,
  options,
  weightsSum: (settings, { updates }) =>
    1 - updates.reduce((left, update) => left * (1 - shareOf(update, settings)), 1),
  make:
    (settings) =>
    ({ global, updates, memory }) => {
      const mixed = new Map<string, Tensor>(byName(global));
      for (const update of byVersion(updates)) mix(mixed, update, settings);
      return { global: paramSet(kindOf(updates), [...mixed.values()]), memory };
    },
});

function byVersion(updates: readonly Update[]): readonly Update[] {
  return [...inOrder(updates)].sort((a, b) => b.staleness - a.staleness);
}

/** α_t */
function shareOf({ staleness }: Update, settings: Settings): number {
  return settings.alpha * weightOf(staleness, settings);
}

function mix(mixed: Map<string, Tensor>, update: Update, settings: Settings): void {
  const share = shareOf(update, settings);
  for (const tensor of tensorsOf(update.params)) {
    const old = mixed.get(tensor.name)?.values;
    // A share of 1 leaves nothing of the old, be it infinite or minus zero.
    const values = old && share < 1 ? between(old, tensor.values, share) : tensor.values;
    mixed.set(tensor.name, { ...tensor, values });
  }
}

/** In float64, so that the sum is rounded once. */
function between(old: Tensor['values'], next: Float32Array, share: number): Float64Array {
  const values = new Float64Array(next.length);
  for (let i = 0; i < values.length; i++) values[i] = (1 - share) * old[i]! + share * next[i]!;
  return values;
}

function weightOf(staleness: number, { staleness: by, hingeSlope, hingeFrom, ...rest }: Settings): number {
  if (by === 'constant') return 1;
  if (by === 'polynomial') return stalenessWeight(staleness, rest.stalenessExponent);
  return staleness <= hingeFrom ? 1 : 1 / (hingeSlope * (staleness - hingeFrom) + 1);
}

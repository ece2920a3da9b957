import type { ParamSet } from '../../learning/params/param-set.js';
import { closed, count } from '../../settings/form.js';
import { aggregation, type Aggregation, type ToAggregate, type Update } from './aggregation.js';
import { withKept } from './kept-tensors.js';
import { stalenessWeight } from './staleness.js';
import { inOrder, weightedMean } from './weighted-mean.js';

/**
 * Tiers by speed, each with a model of its own (Chai et al., FedAT: A High-Performance and
 * Communication-Efficient Federated Learning System with Asynchronous Tiers, SC 2021). The updates of a tier
 * make its model w_m, the mean weighted by rows, and count as one of its T_m; then
 *
 *     w = Σ_m (T_{M+1−m} / T) w_m,  T = Σ_m T_m
 *
 * so that tiers that come less often count more. A tier of which nothing has come yet has the global model of
 * the stage's beginning, or where there was none the mean of the first updates. A stale update counts less
 * within its tier.
 */
export const fedat = aggregation({
  name: 'fedat',
  description: 'tiers’ means, those of slow tiers with the weights of fast ones',
  options: closed({ tiers: count(1, 5, 'M, how many tiers there are') }),
  needsTiers: true,
  make: ({ tiers, stalenessExponent }) => acrossTiers(tiers, stalenessExponent),
});

interface Tier {
  readonly name: string;
  /** w_m */
  readonly params: ParamSet;
  /** T_m */
  readonly updates: number;
}

function acrossTiers(count: number, exponent: number): Aggregation {
  return (given) => {
    mustHaveTiers(given.updates, count);
    const names = Array.from({ length: count }, (_, m) => `tier ${m + 1}`);
    const tiers = names.map((name, m) => tierAfter(given, name, ofTier(given.updates, m + 1), exponent));
    const weights = Object.fromEntries(tiers.map(({ name }, m) => [name, tiers[count - 1 - m]!.updates]));
    const about = given.updates[0]!;
    const models = tiers.map(({ name, params }) => ({ ...about, client: name, params }));
    const counting = models.filter(({ client }) => weights[client]! > 0);
    const mean = weightedMean(counting, ({ client }) => weights[client]!);
    return {
      // What only tiers of weight 0 hold is new to all others: it begins with their mean.
      global: withKept(
        mean,
        weightedMean(models, () => 1),
      ),
      memory: {
        sets: Object.fromEntries(models.map(({ client, params }) => [client, params])),
        notes: Object.fromEntries(tiers.map(({ name, updates }) => [name, updates])),
      },
    };
  };
}

/** RangeError where an update is of no tier: the discipline's defect. */
function mustHaveTiers(updates: readonly Update[], count: number): void {
  for (const { client, tier } of updates) {
    if (tier !== null && tier >= 1 && tier <= count) continue;
    throw new RangeError(`${client} is in tier ${tier}, fedat has tiers 1 to ${count}`);
  }
}

function ofTier(updates: readonly Update[], tier: number): readonly Update[] {
  return inOrder(updates).filter((update) => update.tier === tier);
}

/** A tier with the updates that came of it, if any. */
function tierAfter(
  { global, updates, memory }: ToAggregate,
  name: string,
  own: readonly Update[],
  exponent: number,
): Tier {
  const mean = (of: readonly Update[]) =>
    weightedMean(of, ({ rows, staleness }) => rows * stalenessWeight(staleness, exponent));
  const before = Number(memory.notes[name] ?? 0);
  const last = memory.sets[name] ?? global;
  if (own.length === 0) return { name, params: last ?? mean(updates), updates: before };
  return { name, params: withKept(mean(own), last), updates: before + 1 };
}

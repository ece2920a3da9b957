import { paramSet, type ParamSet } from '../../learning/params/param-set.js';
import { closed } from '../../settings/form.js';
import { aggregation, type Aggregation, type ToAggregate, type Update } from './aggregation.js';
import { byName, deltasOf, plus, stepped } from './deltas.js';
import { withKept } from './kept-tensors.js';
import { rate } from './own-options.js';
import { inOrder, sumsOf, type Sum, type Tensor } from './weighted-mean.js';

/**
 * Cache-aided asynchronous federated learning (Wang et al., Tackling the Data Heterogeneity in Asynchronous
 * Federated Learning with Cached Update Calibration, ICLR 2024). h_i is the last Δ that came of client i, 0
 * before the first; over all N clients and the updates S of this version
 *
 *     v = (1/N) Σ h_i + (1/|S|) Σ_S (Δ_i − h_i)      w ← w + η v      h_i ← Δ_i for S, after that
 *
 * Staleness and rows do not count.
 */
export const ca2fl = aggregation({
  name: 'ca2fl',
  description: 'changes calibrated by the last change of every client',
  options: closed({ rate: rate(1) }),
  needsBase: () => true,
  make: ({ rate }) => calibrated(rate),
});

function calibrated(rate: number): Aggregation {
  return (given) => {
    const { updates, memory } = given;
    const cached = cachedSums(given);
    const count = Object.keys(given.clients).length;
    const corrections = sumsOf(
      updates,
      () => 1,
      (update) => corrected(update, memory.sets[update.client]),
    );
    const global = stepped(
      given,
      () => 1,
      (_, { name, values }) => {
        const { values: correction, count: sent } = corrections.get(name)!;
        const mean = plus(new Float64Array(values.length), correction, 1 / sent);
        const older = cached.get(name)?.values;
        return plus(values, older ? plus(mean, older, 1 / count) : mean, rate);
      },
    );
    const sets = Object.fromEntries(
      inOrder(updates).map((update) => [update.client, cacheOf(update, memory.sets)]),
    );
    return { global, memory: { sets: { ...memory.sets, ...sets }, notes: {} } };
  };
}

/** Σ h_i over all clients. */
function cachedSums({ updates, memory }: ToAggregate): ReadonlyMap<string, Sum> {
  const known = Object.entries(memory.sets).map(([client, params]) => ({ ...updates[0]!, client, params }));
  return known.length === 0 ? new Map<string, Sum>() : sumsOf(known, () => 1);
}

/** Δ_i − h_i. */
function* corrected(update: Update, cache: ParamSet | undefined): Generator<Tensor> {
  const older = byName(cache);
  for (const tensor of deltasOf(update)) {
    const last = older.get(tensor.name)?.values;
    yield last ? { ...tensor, values: plus(tensor.values, last, -1) } : tensor;
  }
}

function cacheOf(update: Update, before: Readonly<Record<string, ParamSet>>): ParamSet {
  return withKept(paramSet(update.params.kind, [...deltasOf(update)]), before[update.client] ?? null);
}

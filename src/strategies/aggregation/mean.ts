import Type, { type Static } from 'typebox';
import type { Aggregation } from './aggregation.js';
import { plus, stepped } from './deltas.js';
import { meanOf, weightedMean, type WeightOf } from './weighted-mean.js';

/** What is combined, where a rule can do both. */
export const of = Type.Enum(['weights', 'deltas'], {
  default: 'weights',
  description:
    'what is combined: clients’ parameters, or what each changed since its download, added to the global model; ' +
    'they differ where updates are stale',
});
export type Of = Static<typeof of>;

/** A weighted mean Σ w·x / Σ w that remembers nothing: of parameters, or of deltas, w ← w + Σ w·Δ / Σ w. */
export function meanBy(weightOf: WeightOf, of: Of = 'weights'): Aggregation {
  if (of === 'weights') return ({ updates, memory }) => ({ global: weightedMean(updates, weightOf), memory });
  return (given) => ({
    global: stepped(given, weightOf, (sum, { values }) => plus(values, meanOf(sum))),
    memory: given.memory,
  });
}

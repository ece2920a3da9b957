import { paramSet } from '../../learning/params/param-set.js';
import { blank } from '../../learning/params/memory.js';
import type { AggregationSettings, AggregationStrategy, ToAggregate, Update } from './aggregation.js';

/** How much updates count, and what their weights sum to by the rule. */
export interface Weights {
  /** In the order of the updates; the n-th is a sum over each `mostApart`-th update from the n-th on. */
  readonly weights: readonly number[];
  readonly sum: number;
  /** How much of the global model is left. */
  readonly left: number;
}

/** What is known of updates beside their parameters. */
type Weighed = Omit<Update, 'params' | 'base'>;

export type Weigh = (
  updates: readonly Weighed[],
  version: number,
  clients: ToAggregate['clients'],
) => Weights;

/** More updates than so many are weighed in so many groups: the work grows by the square of it. */
const mostApart = 256;

/**
 * Weighs updates by the rule itself: it aggregates sets in their place of which the n-th is 1 at its n-th value and 0
 * elsewhere, onto a global model that is 1 at a further value, so that what comes out is their weights. Null of a rule
 * that says no sum (`weightsSum`).
 */
export function weighing(
  { make, weightsSum }: Pick<AggregationStrategy, 'make' | 'weightsSum'>,
  settings: AggregationSettings & Readonly<Record<string, unknown>>,
): Weigh | null {
  if (!weightsSum) return null;
  return (updates, version, clients) => {
    const width = Math.min(updates.length, mostApart);
    const global = oneAt(width, width);
    const units = updates.map((update, n) => ({ ...update, params: oneAt(n % width, width), base: global }));
    const given = { global, updates: units, version, clients, memory: blank };
    const weights = [...make(settings)(given).global.values];
    const left = weights.pop()!;
    return { weights, left, sum: weightsSum(settings, given) };
  };
}

/** As many zeros as `width` and one more, but for a one. */
function oneAt(place: number, width: number) {
  const values = Array.from({ length: width + 1 }, (_, index) => Number(index === place));
  return paramSet('adapters', [{ name: 'weights', shape: [values.length], values }]);
}

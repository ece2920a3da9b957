import Type from 'typebox';
import { count, positive } from '../../settings/form.js';
import { stalenessWeight } from './staleness.js';
import type { WeightOf } from './weighted-mean.js';

/*
 * Options that several aggregations have. `of` stands beside the mean.
 */

/** f */
export const byzantine = count(0, 1, 'f, the number of clients whose updates may be anything at all');

/** η of a server. */
export const rate = (value: number) => positive(value, 'η, what the server’s step is multiplied by');

export type Weighting = 'rows' | 'equal';

export const weighting = (value: Weighting) =>
  Type.Enum(['rows', 'equal'], {
    default: value,
    description: 'rows: a client counts by its training rows; equal: all clients count alike',
  });

/** n_i or 1, each times (1 + staleness)^-exponent. */
export function weightBy(by: Weighting, exponent: number): WeightOf {
  return ({ rows, staleness }) => (by === 'rows' ? rows : 1) * stalenessWeight(staleness, exponent);
}

import Type from 'typebox';
import { strategy } from '../../../strategies/strategy.js';
import type { Attack } from './attack.js';

/** Says that it trained on more rows than it has, so as to weigh more in the mean. */
export const inflated = strategy({
  name: 'inflated',
  description: 'says that it trained on a multiple of its rows',
  options: Type.Object({
    factor: Type.Number({
      exclusiveMinimum: 0,
      default: 1000,
      description: 'its rows, as a multiple of the true ones',
    }),
  }),
  make: ({ factor }: { readonly factor: number }): Attack => ({
    lie: ({ rows }) => ({ rows: factor * rows }),
  }),
});

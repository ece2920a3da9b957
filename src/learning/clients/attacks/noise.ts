import Type from 'typebox';
import { strategy } from '../../../strategies/strategy.js';
import { changed, type Attack } from './attack.js';

/** Adds Gaussian noise to each parameter (after Blanchard et al., NeurIPS 2017, section 5: noise in place of it). */
export const noise = strategy({
  name: 'noise',
  description: 'adds Gaussian noise to its update',
  options: Type.Object({
    std: Type.Number({
      exclusiveMinimum: 0,
      default: 1,
      description: 'standard deviation of each parameter',
    }),
  }),
  make: ({ std }: { readonly std: number }): Attack => ({
    update: ({ own }, draw) => changed({ own, start: own }, (value) => value + std * draw.normal()),
  }),
});

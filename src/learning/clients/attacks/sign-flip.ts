import Type from 'typebox';
import { strategy } from '../../../strategies/strategy.js';
import { changed, type Attack } from './attack.js';

/**
 * Sends w - s D in place of w + D (Li et al., "RSA: Byzantine-robust stochastic aggregation methods", AAAI 2019,
 * section 5): away from where its data lead.
 */
export const signFlip = strategy({
  name: 'sign-flip',
  description: 'sends its step backwards: w - s D',
  options: Type.Object({
    scale: Type.Number({ exclusiveMinimum: 0, default: 1, description: 's, as a multiple of its step D' }),
  }),
  make: ({ scale }: { readonly scale: number }): Attack => ({
    update: (part) => changed(part, (own, start) => start - scale * (own - start)),
  }),
});

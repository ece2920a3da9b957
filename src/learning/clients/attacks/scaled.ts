import Type from 'typebox';
import { strategy } from '../../../strategies/strategy.js';
import { changed, type Attack } from './attack.js';

/**
 * Sends w + s D in place of w + D (Bagdasaryan et al., "How to backdoor federated learning", AISTATS 2020, equation 3:
 * with s the number of clients over the server's learning rate it replaces the global model).
 */
export const scaled = strategy({
  name: 'scaled',
  description: 'sends a multiple of its step: w + s D',
  options: Type.Object({
    scale: Type.Number({ exclusiveMinimum: 0, default: 10, description: 's, as a multiple of its step D' }),
  }),
  make: ({ scale }: { readonly scale: number }): Attack => ({
    update: (part) => changed(part, (own, start) => start + scale * (own - start)),
  }),
});

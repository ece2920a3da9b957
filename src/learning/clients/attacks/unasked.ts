import Type from 'typebox';
import { strategy } from '../../../strategies/strategy.js';
import type { Attack } from './attack.js';

/** Says that its update is of a later version than the one that it was asked to work on: so it would count as fresher. */
export const unasked = strategy({
  name: 'unasked',
  description: 'says that it answers an order for a later version',
  options: Type.Object({
    versions: Type.Integer({ minimum: 1, default: 1, description: 'by so many versions later' }),
  }),
  make: ({ versions }: { readonly versions: number }): Attack => ({
    lie: ({ version }) => ({ version: version + versions }),
  }),
});

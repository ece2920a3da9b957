import Type from 'typebox';
import { nullable } from '../../../settings/form.js';

/** The option of a scheduler that gives out the band in parts of equal width. */
export const resourceBlocks = (otherwise: string) =>
  nullable(
    Type.Integer({ minimum: 1, maximum: 1e5 }),
    `parts of equal width that the band is cut into, all with the gain of the coherence block; ${otherwise}`,
  );

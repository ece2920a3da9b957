import { nonFiniteIn } from '../../learning/params/finite.js';
import type { Check } from './check.js';

/** Its values are finite, and so is its loss where it reports one. */
export const finiteValues: Check = {
  name: 'finite',
  readsValues: true,
  of: ({ sets, upload: { loss } }) => {
    for (const set of Object.values(sets)) {
      const found = nonFiniteIn(set);
      if (found !== null) return found;
    }
    return loss === null || Number.isFinite(loss) ? null : `its loss is ${loss}`;
  },
};

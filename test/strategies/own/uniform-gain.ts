import type { FadingStrategy } from '../../../src/index.js';

const steps = 1000;

/** A power gain that is uniform from 0 to 2. */
export const uniformGain: FadingStrategy = {
  name: 'uniform-gain',
  description: 'every gain from 0 to 2 as likely',
  make: () => ({
    draw: (from) => 2 * from.uniform(),
    cdf: (gain) => Math.min(1, Math.max(0, gain / 2)),
    mean: (f, { above = 0 } = {}) =>
      Array.from({ length: steps }, (_, i) => ((i + 0.5) * 2) / steps)
        .filter((gain) => gain >= above)
        .reduce((sum, gain) => sum + f(gain) / steps, 0),
    ofRayleigh: (gain) => -2 * Math.expm1(-gain),
  }),
};

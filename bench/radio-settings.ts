import type { Scenario } from '../src/scenario/schema.js';

/** What of the radio is timed: the paper's link, and what one change makes of it. */
export const settings: Readonly<Record<string, Partial<Scenario['channel']>>> = {
  rayleigh: {},
  rician: { fading: 'rician' },
  nakagami: { fading: 'nakagami' },
  gaussMarkov: { correlation: 'gauss-markov' },
  jakes: { correlation: 'jakes' },
  jakesNakagami: { correlation: 'jakes', fading: 'nakagami' },
  cutoff: { rate: 'cutoff' },
  inversion: { rate: 'inversion' },
  mcs: { rate: 'mcs' },
  fixedPackets: { rate: 'fixed', packetBits: 50_000, maxTransmissions: 20 },
};

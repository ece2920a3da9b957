import type { Method } from './index.js';

/** No federation of the language model: every client tunes alone, so that what sharing brings can be told. */
export const localOnly: Method = {
  name: 'local-only',
  title: 'Local only',
  trains: ['adapters', 'lora'],
  shares: [],
  loraModules: 'by-resources',
  rewards: ['helpful', 'harmless'],
  personalWeights: true,
  reference: 'not in the paper: PWFF without its aggregation, the line that federation has to beat',
};

import type { Method } from '../../../src/index.js';

/** PWFF the other way round: LoRA is shared, adapters are the client's own. */
export const swapped: Method = {
  name: 'swapped',
  title: 'Swapped',
  tensors: [
    { part: 'adapters', train: 'always', share: 'never' },
    { part: 'lora', train: 'always', share: 'always' },
  ],
  loraModules: 'all',
  rewards: ['helpful', 'harmless'],
  personalWeights: true,
  reference: 'a sample of a method that is not in the table',
};

import type { Method } from '../../../src/index.js';

/** PWFF the other way round: LoRA is shared, adapters are the client's own. */
export const swapped: Method = {
  name: 'swapped',
  title: 'Swapped',
  slots: [
    {
      name: 'adapters',
      kind: 'adapters',
      init: 'server',
      start: 'drawn',
      modules: 'all',
      parts: [{ train: 'always', share: 'never' }],
    },
    {
      name: 'lora',
      kind: 'lora',
      init: 'server',
      start: 'drawn',
      modules: 'all',
      parts: [{ train: 'always', share: 'always' }],
    },
  ],
  rewards: ['helpful', 'harmless'],
  personalWeights: true,
  reference: 'a sample of a method that is not in the table',
};

import { own, type Method } from './method.js';

/**
 * No federation at all: one client has everybody's data (`data.pooledFrom`), and adapters and LoRA at every site as the
 * server makes them. It is the line that federation can hope for.
 */
export const centralised: Method = {
  name: 'centralised',
  title: 'Centralised',
  slots: [
    { ...own('adapters'), init: 'server' },
    { ...own('lora'), init: 'server', modules: 'all' },
  ],
  rewards: ['helpful', 'harmless'],
  personalWeights: true,
  isCentralised: true,
  reference: 'not in the paper: all data in one place',
};

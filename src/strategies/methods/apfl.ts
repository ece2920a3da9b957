import { personal, shared, type Method } from './method.js';

/**
 * The client's model is a mixture of its own parameters and its copy of the global ones, half and half; each is trained
 * for itself, its own through the mixture. The mixing weight is fixed, not learned. Twice the work.
 */
export const apfl: Method = {
  name: 'apfl',
  title: 'APFL',
  slots: [shared('adapters'), shared('lora'), personal('adapters'), personal('lora')],
  mixture: {
    'personal-adapters': { share: 1, blend: { with: 'adapters', weight: 0.5 } },
    'personal-lora': { share: 1, blend: { with: 'lora', weight: 0.5 } },
  },
  phases: [
    {
      share: 1,
      mixture: { adapters: { share: 1 }, lora: { share: 1 } },
      trains: ['adapters', 'lora'],
    },
    { share: 1, trains: ['personal-adapters', 'personal-lora'] },
  ],
  rewards: ['helpful', 'harmless'],
  personalWeights: true,
  reference:
    'Y. Deng, M. M. Kamani, M. Mahdavi, Adaptive Personalized Federated Learning, arXiv:2003.13461, 2020',
};

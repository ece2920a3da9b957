import { personal, shared, type Method } from './method.js';

/**
 * The global model is trained as in vanilla federated learning; beside it each client trains a personal one, pulled to
 * the global one as it was received. Twice the work.
 *
 * λ: Li et al. choose of 0.05, 0.1 and 0.2 to 2 by validation; 0.1 here.
 */
export const ditto: Method = {
  name: 'ditto',
  title: 'Ditto',
  slots: [shared('adapters'), shared('lora'), personal('adapters'), personal('lora')],
  mixture: { 'personal-adapters': { share: 1 }, 'personal-lora': { share: 1 } },
  phases: [
    {
      share: 1,
      mixture: { adapters: { share: 1 }, lora: { share: 1 } },
      trains: ['adapters', 'lora'],
    },
    {
      share: 1,
      trains: ['personal-adapters', 'personal-lora'],
      terms: [
        { name: 'proximal', mu: 0.1, towards: { 'personal-adapters': 'adapters', 'personal-lora': 'lora' } },
      ],
    },
  ],
  rewards: ['helpful', 'harmless'],
  personalWeights: true,
  reference:
    'T. Li et al., Ditto: Fair and Robust Federated Learning Through Personalization, ICML 2021, arXiv:2012.04221',
};

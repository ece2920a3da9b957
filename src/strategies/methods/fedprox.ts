import { shared, type Method } from './method.js';

/**
 * Vanilla federated learning whose clients are pulled to what they received.
 *
 * μ: Li et al. try 0.001 to 1; 0.01 is the middle of it.
 */
export const fedprox: Method = {
  name: 'fedprox',
  title: 'FedProx',
  slots: [shared('adapters'), shared('lora')],
  phases: [{ share: 1, trains: ['adapters', 'lora'], terms: [{ name: 'proximal', mu: 0.01 }] }],
  rewards: ['helpful', 'harmless'],
  personalWeights: true,
  reference: 'T. Li et al., Federated Optimization in Heterogeneous Networks, MLSys 2020, arXiv:1812.06127',
};

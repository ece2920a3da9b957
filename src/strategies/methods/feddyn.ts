import { shared, type Method } from './method.js';

/**
 * Vanilla federated learning with a dynamic regularizer, whose linear term remembers where a client has drifted. What it
 * remembers begins anew with each stage.
 *
 * α: Acar et al. use 0.01 to 0.1.
 */
export const feddyn: Method = {
  name: 'feddyn',
  title: 'FedDyn',
  slots: [
    { ...shared('adapters'), combine: { name: 'dynamic', alpha: 0.1 } },
    { ...shared('lora'), bears: [], combine: { name: 'dynamic', alpha: 0.1 } },
  ],
  phases: [{ share: 1, trains: ['adapters', 'lora'], terms: [{ name: 'dynamic', alpha: 0.1 }] }],
  rewards: ['helpful', 'harmless'],
  personalWeights: true,
  reference:
    'D. A. E. Acar et al., Federated Learning Based on Dynamic Regularization, ICLR 2021, arXiv:2111.04263',
};

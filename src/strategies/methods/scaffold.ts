import { controls, shared, type Method } from './method.js';

/**
 * Vanilla federated learning whose steps are corrected by control variates, which travel beside the model in both
 * directions. They are of stage 1 alone: what alignment goes down is no gradient of the same function in two rounds.
 */
export const scaffold: Method = {
  name: 'scaffold',
  title: 'SCAFFOLD',
  slots: [shared('adapters'), shared('lora'), controls('adapters'), controls('lora')],
  mixture: { adapters: { share: 1 }, lora: { share: 1 } },
  phases: [
    {
      share: 1,
      trains: ['adapters', 'lora'],
      terms: [{ name: 'control-variates', of: { adapters: 'adapters-control', lora: 'lora-control' } }],
    },
  ],
  rewards: ['helpful', 'harmless'],
  personalWeights: true,
  reference: 'S. P. Karimireddy et al., SCAFFOLD, ICML 2020, arXiv:1910.06378',
};

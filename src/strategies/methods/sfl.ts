import { own, shared, type Method } from './method.js';

/**
 * Fig. 5's PWFF with a single reward: helpfulness alone, the same for everybody; only adapters are uploaded.
 */
export const sfl: Method = {
  name: 'sfl',
  title: 'SFL',
  slots: [shared('adapters'), own('lora')],
  rewards: ['helpful'],
  personalWeights: false,
  reference:
    'F. Jiang et al., Personalized Wireless Federated Learning for Large Language Models, section V-B',
};

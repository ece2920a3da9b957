import { shared, type Method } from './method.js';

/**
 * FedIT, Shepherd's own: LoRA on every client, all of it averaged by rows. Shepherd of section V-B is the same with one
 * reward.
 */
export const fedit: Method = {
  name: 'fedit',
  title: 'FedIT',
  slots: [shared('lora')],
  rewards: ['helpful', 'harmless'],
  personalWeights: true,
  reference: 'J. Zhang et al., Towards Building the Federated GPT, arXiv:2305.05644, 2023',
};

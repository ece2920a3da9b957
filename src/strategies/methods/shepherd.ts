import { shared, type Method } from './method.js';

/** Fig. 5's LoRA-only federated tuning with a single reward, helpfulness. */
export const shepherd: Method = {
  name: 'shepherd',
  title: 'Shepherd',
  slots: [shared('lora')],
  rewards: ['helpful'],
  personalWeights: false,
  reference: 'J. Zhang et al., arXiv:2305.05644, 2023; as in section V-B',
};

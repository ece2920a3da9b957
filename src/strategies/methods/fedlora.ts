import { shared, type Method } from './method.js';

/** Fig. 4's federated fine-tuning with LoRA alone, a module at every site. */
export const fedlora: Method = {
  name: 'fedlora',
  title: 'FedLora',
  slots: [shared('lora')],
  rewards: ['helpful', 'harmless'],
  personalWeights: false,
  reference: 'J. Jiang, X. Liu, C. Fan, arXiv:2307.13896, 2023; as in section V-B',
};

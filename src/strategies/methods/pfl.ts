import { shared, type Method } from './method.js';

/** Fig. 5's personalized rewards without partial aggregation: all adapters and LoRA modules are uploaded. */
export const pfl: Method = {
  name: 'pfl',
  title: 'PFL',
  slots: [shared('adapters'), shared('lora')],
  rewards: ['helpful', 'harmless'],
  personalWeights: true,
  reference:
    'F. Jiang et al., Personalized Wireless Federated Learning for Large Language Models, section V-B',
};

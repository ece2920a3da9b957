import { own, shared, type Method } from './method.js';

/** The paper's own framework: adapters carry what is common, LoRA modules what is the client's own. */
export const pwff: Method = {
  name: 'pwff',
  title: 'PWFF',
  slots: [shared('adapters'), own('lora')],
  rewards: ['helpful', 'harmless'],
  personalWeights: true,
  reference:
    'F. Jiang et al., Personalized Wireless Federated Learning for Large Language Models, section IV-D',
};

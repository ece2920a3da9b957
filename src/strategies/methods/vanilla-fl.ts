import { shared, type Method } from './method.js';

/**
 * Fig. 4's plain federated learning: all adapters and all LoRA modules are averaged, nothing is a client's
 * own.
 */
export const vanillaFl: Method = {
  name: 'vanilla-fl',
  title: 'Vanilla FL',
  slots: [shared('adapters'), shared('lora')],
  rewards: ['helpful', 'harmless'],
  personalWeights: false,
  reference: 'Q. Duan et al., IEEE Communications Surveys and Tutorials 25(4), 2023; as in section V-B',
};

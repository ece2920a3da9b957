import { shared, type Method } from './method.js';

/** Fig. 4's federated fine-tuning with adapters alone. */
export const fedada: Method = {
  name: 'fedada',
  title: 'FedAda',
  slots: [shared('adapters')],
  rewards: ['helpful', 'harmless'],
  personalWeights: false,
  reference: 'G. Kim et al., Mathematics 11(21):4479, 2023; as in section V-B',
};

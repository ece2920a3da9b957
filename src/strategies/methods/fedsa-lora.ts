import { loraByRole, type Method } from './method.js';

/**
 * Both matrices are trained; A is averaged, B stays with its client.
 */
export const fedsaLora: Method = {
  name: 'fedsa-lora',
  title: 'FedSA-LoRA',
  slots: [loraByRole({ A: { train: 'always', share: 'always' }, B: { train: 'always', share: 'never' } })],
  rewards: ['helpful', 'harmless'],
  personalWeights: true,
  reference:
    'P. Guo et al., Selective Aggregation for Low-Rank Adaptation in Federated Learning, ICLR 2025, arXiv:2410.01463',
};

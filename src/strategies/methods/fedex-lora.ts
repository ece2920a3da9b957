import { shared, type Method } from './method.js';

/**
 * A and B are averaged, and everybody adds to the base model what their product lacks of the mean of the changes, so
 * that the aggregate is exact.
 */
export const fedexLora: Method = {
  name: 'fedex-lora',
  title: 'FedEx-LoRA',
  slots: [{ ...shared('lora'), bears: [], combine: 'mean-and-rest', change: 'rest' }],
  rewards: ['helpful', 'harmless'],
  personalWeights: true,
  reference:
    'R. Singhal et al., FedEx-LoRA: Exact Aggregation for Federated and Efficient Fine-Tuning of Foundation Models, arXiv:2410.09432, 2024',
};

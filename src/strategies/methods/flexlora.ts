import { shared, type Method } from './method.js';

/**
 * Each client tunes LoRA of the rank that its device allows; the server averages the changes themselves, and sends
 * each client the best that its rank can hold of the mean.
 */
export const flexlora: Method = {
  name: 'flexlora',
  title: 'FlexLoRA',
  slots: [{ ...shared('lora'), bears: ['modules', 'ranks'], combine: 'low-rank-mean' }],
  rewards: ['helpful', 'harmless'],
  personalWeights: true,
  reference:
    'J. Bai et al., Federated Fine-tuning of Large Language Models under Heterogeneous Tasks and Client Resources, NeurIPS 2024, arXiv:2402.11505',
};

import { loraByRole, type Method } from './method.js';

/**
 * B and A in alternate rounds: what one round trains and averages the next one freezes. B goes first, for while it is
 * zero A has no gradient.
 */
export const rolora: Method = {
  name: 'rolora',
  title: 'RoLoRA',
  slots: [
    loraByRole({
      A: { train: 'even-rounds', share: 'even-rounds' },
      B: { train: 'odd-rounds', share: 'odd-rounds' },
    }),
  ],
  rewards: ['helpful', 'harmless'],
  personalWeights: true,
  reference:
    'S. Chen et al., Robust Federated Finetuning of LLMs via Alternating Optimization of LoRA, arXiv:2409.02346, 2024',
};

import { own, type Method } from './method.js';

/**
 * Each client tunes LoRA of the rank that its device allows; the server stacks what they send, everybody adds the
 * stack to the base model, and the next round begins with new LoRA.
 */
export const flora: Method = {
  name: 'flora',
  title: 'FLoRA',
  slots: [
    {
      ...own('lora'),
      modules: 'all',
      parts: [{ train: 'always', share: 'always' }],
      combine: 'stack',
      change: 'whole',
    },
  ],
  rewards: ['helpful', 'harmless'],
  personalWeights: true,
  reference:
    'Z. Wang et al., FLoRA: Federated Fine-Tuning Large Language Models with Heterogeneous Low-Rank Adaptations, NeurIPS 2024, arXiv:2409.05976',
};

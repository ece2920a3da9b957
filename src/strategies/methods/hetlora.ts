import { shared, type Method } from './method.js';

/**
 * Each client tunes LoRA of the rank that its device allows; the server pads with zeros, averages by the size of the
 * changes, and sends each client as many components as it has room for. Without the paper's pruning of ranks by the
 * clients themselves.
 */
export const hetlora: Method = {
  name: 'hetlora',
  title: 'HetLoRA',
  slots: [{ ...shared('lora'), bears: ['modules', 'ranks'], combine: 'zero-padded' }],
  rewards: ['helpful', 'harmless'],
  personalWeights: true,
  reference:
    'Y. J. Cho et al., Heterogeneous LoRA for Federated Fine-tuning of On-Device Foundation Models, EMNLP 2024, arXiv:2401.06432',
};

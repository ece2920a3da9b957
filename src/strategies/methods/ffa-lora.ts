import { loraByRole, type Method } from './method.js';

/**
 * A stays as the server drew it, the same for all; B is trained and averaged, so that the mean of the products is the
 * product of the means.
 */
export const ffaLora: Method = {
  name: 'ffa-lora',
  title: 'FFA-LoRA',
  slots: [loraByRole({ A: { train: 'never', share: 'never' }, B: { train: 'always', share: 'always' } })],
  rewards: ['helpful', 'harmless'],
  personalWeights: true,
  reference:
    'Y. Sun et al., Improving LoRA in Privacy-preserving Federated Learning, ICLR 2024, arXiv:2403.12313',
};

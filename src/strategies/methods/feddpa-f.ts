import { personal, shared, type Method, type PartRule } from './method.js';

const onlyIn = (train: 'first-half' | 'second-half', isShared: boolean): readonly PartRule[] => [
  { train, share: isShared ? train : 'never' },
];

/**
 * Two LoRAs, a global one that is federated first, and a local one that each client tunes afterwards: each for half of a
 * stage's rounds. At inference the local one counts by half and the global one by half, as in FedDPA-T.
 */
export const feddpaF: Method = {
  name: 'feddpa-f',
  title: 'FedDPA-F',
  slots: [
    { ...shared('lora'), parts: onlyIn('first-half', true) },
    { ...personal('lora'), parts: onlyIn('second-half', false) },
  ],
  mixture: { lora: { share: 0.5 }, 'personal-lora': { share: 0.5 } },
  phases: [
    { share: 1, mixture: { lora: { share: 1 } }, trains: ['lora'] },
    { share: 1, trains: ['personal-lora'] },
  ],
  rewards: ['helpful', 'harmless'],
  personalWeights: true,
  reference:
    'Y. Yang et al., Dual-Personalizing Adapter for Federated Foundation Models, NeurIPS 2024, arXiv:2403.19211',
};

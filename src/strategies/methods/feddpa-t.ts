import { personal, shared, type Method } from './method.js';

/**
 * Two LoRAs, a global and a local one, trained in turns; at inference the local one counts by half and the global one by
 * half. The paper weighs each input by its likeness to the client's data; here the weight is fixed, its own default.
 */
export const feddpaT: Method = {
  name: 'feddpa-t',
  title: 'FedDPA-T',
  slots: [shared('lora'), personal('lora')],
  mixture: { lora: { share: 0.5 }, 'personal-lora': { share: 0.5 } },
  phases: [
    { share: 0.5, mixture: { lora: { share: 1 } }, trains: ['lora'] },
    { share: 0.5, trains: ['personal-lora'] },
  ],
  rewards: ['helpful', 'harmless'],
  personalWeights: true,
  reference:
    'Y. Yang et al., Dual-Personalizing Adapter for Federated Foundation Models, NeurIPS 2024, arXiv:2403.19211',
};

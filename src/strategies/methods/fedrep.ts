import { own, shared, type Method } from './method.js';

/**
 * The slots of PWFF one after the other: the private LoRA (the head) first, then the shared adapters (the
 * representation), half of the work each.
 */
export const fedrep: Method = {
  name: 'fedrep',
  title: 'FedRep',
  slots: [shared('adapters'), own('lora')],
  phases: [
    { share: 0.5, trains: ['lora'] },
    { share: 0.5, trains: ['adapters'] },
  ],
  rewards: ['helpful', 'harmless'],
  personalWeights: true,
  reference:
    'L. Collins et al., Exploiting Shared Representations for Personalized Federated Learning, ICML 2021, arXiv:2102.07078',
};

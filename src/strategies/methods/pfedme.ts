import { personal, shared, type Method } from './method.js';

/**
 * The personal model goes down its loss tied to the client's copy of the global one, which in turn moves towards it after
 * every few steps (Moreau envelopes).
 *
 * λ and the rate of the outer step: Dinh et al. use λ 15 with rates of 0.005 and K = 5 for plain steps; rate · λ is what
 * a copy moves by, 0.5 here. λ is 0.1, as Ditto's pull, for steps are Adam's; it is not tuned.
 */
export const pfedme: Method = {
  name: 'pfedme',
  title: 'pFedMe',
  slots: [shared('adapters'), shared('lora'), personal('adapters'), personal('lora')],
  mixture: { 'personal-adapters': { share: 1 }, 'personal-lora': { share: 1 } },
  phases: [
    {
      share: 1,
      trains: ['personal-adapters', 'personal-lora'],
      terms: [
        {
          name: 'pull',
          lambda: 0.1,
          steps: 4,
          rate: 5,
          of: { 'personal-adapters': 'adapters', 'personal-lora': 'lora' },
        },
      ],
    },
  ],
  rewards: ['helpful', 'harmless'],
  personalWeights: true,
  reference:
    'C. T. Dinh, N. H. Tran, T. D. Nguyen, Personalized Federated Learning with Moreau Envelopes, NeurIPS 2020, arXiv:2006.08848',
};

import { own, type Method } from './method.js';

/** No federation of the language model: every client tunes alone, which shows what sharing adds. */
export const localOnly: Method = {
  name: 'local-only',
  title: 'Local only',
  slots: [{ ...own('adapters'), init: 'server' }, own('lora')],
  rewards: ['helpful', 'harmless'],
  personalWeights: true,
  reference: 'not in the paper: PWFF without its aggregation, the line that federation has to beat',
};

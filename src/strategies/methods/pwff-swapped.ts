import { own, shared, type Method } from './method.js';

/**
 * A control: PWFF with the roles swapped, LoRA shared and adapters private.
 */
export const pwffSwapped: Method = {
  name: 'pwff-swapped',
  title: 'PWFF, roles swapped',
  slots: [own('adapters'), shared('lora')],
  rewards: ['helpful', 'harmless'],
  personalWeights: true,
  reference: 'a control: is it the module, or that it is private?',
};

import { own, shared, type Method } from './method.js';

/**
 * A control: PWFF with LoRA in the adapters' place, a shared LoRA beside the private one.
 */
export const pwffTwoLoras: Method = {
  name: 'pwff-two-loras',
  title: 'PWFF, two LoRAs',
  slots: [{ ...shared('lora'), name: 'shared-lora' }, own('lora')],
  rewards: ['helpful', 'harmless'],
  personalWeights: true,
  reference: 'a control: both modules are of one type, and only their locality differs',
};

import type { AllocationStrategy } from './allocation.js';

/** Nothing is allotted: everybody has its share of the band, its power and its clock whatever the version. */
export const equal: AllocationStrategy = {
  name: 'equal',
  description: 'as the sharing of the uplink has it',
  make: () => () => null,
};

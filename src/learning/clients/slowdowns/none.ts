import type { SlowdownStrategy } from './slowdown.js';

export const none: SlowdownStrategy = {
  name: 'none',
  description: 'each task takes what its operations take at the speed of the device',
  make: () => () => 1,
};

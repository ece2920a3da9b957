import type { PresenceStrategy } from './pattern.js';

export const always: PresenceStrategy = {
  name: 'always',
  description: 'every device is on, unless something else turns it off',
  make: () => ({ startsOn: () => true }),
};

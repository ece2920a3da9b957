import { labelFlip } from './label-flip.js';
import { noise } from './noise.js';
import { scaled } from './scaled.js';
import { signFlip } from './sign-flip.js';
import { staleReplay } from './stale-replay.js';
import type { AttackStrategy } from './attack.js';

/** By the name that a scenario's `clients.poisoned.attack` gives. */
export const attacks = {
  'sign-flip': signFlip,
  noise,
  scaled,
  'label-flip': labelFlip,
  'stale-replay': staleReplay,
} as const satisfies Readonly<Record<string, AttackStrategy>>;

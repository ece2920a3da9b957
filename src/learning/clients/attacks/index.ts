import { impostor } from './impostor.js';
import { inflated } from './inflated.js';
import { labelFlip } from './label-flip.js';
import { noise } from './noise.js';
import { notFinite } from './not-finite.js';
import { otherTensors } from './other-tensors.js';
import { scaled } from './scaled.js';
import { signFlip } from './sign-flip.js';
import { staleReplay } from './stale-replay.js';
import { unasked } from './unasked.js';
import type { AttackStrategy } from './attack.js';

/** By the name that a scenario's `clients.poisoned.attack` gives. */
export const attacks = {
  'sign-flip': signFlip,
  noise,
  scaled,
  'label-flip': labelFlip,
  'stale-replay': staleReplay,
  'not-finite': notFinite,
  'other-tensors': otherTensors,
  inflated,
  unasked,
  impostor,
} as const satisfies Readonly<Record<string, AttackStrategy>>;

import { adaptive } from './adaptive.js';

/** v ← β₂ v + (1 − β₂) Δ². */
export const fedadam = adaptive(
  'fedadam',
  'a server that steps by Adam',
  0.9,
  (v, squared, beta2) => beta2 * v + (1 - beta2) * squared,
);

import { adaptive } from './adaptive.js';

/** v ← v − (1 − β₂) Δ² sign(v − Δ²). */
export const fedyogi = adaptive(
  'fedyogi',
  'a server that steps by Yogi',
  0.9,
  (v, squared, beta2) => v - (1 - beta2) * squared * Math.sign(v - squared),
);

import { adaptive } from './adaptive.js';

/** v ← v + Δ². The paper's experiments have no momentum here: β₁ = 0. */
export const fedadagrad = adaptive(
  'fedadagrad',
  'a server that steps by Adagrad',
  0,
  (v, squared) => v + squared,
);

import type { Figure } from './figure.js';

/** What teacher forcing tells of a table; null where it has no such tokens. A type, to be read by the names of its figures. */
export type Measurement = {
  /** Mean negative log-likelihood (nats) of a response token, end-of-text included. */
  readonly loss: Figure;
  /** Share of response tokens, end-of-text included, that are the likeliest at their place. */
  readonly accuracy: Figure;
  /** The same over content tokens only. */
  readonly contentAccuracy: Figure;
};

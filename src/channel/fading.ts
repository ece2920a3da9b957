import type { Stream } from '../random/stream.js';
import type { Scenario } from '../scenario/schema.js';

/** Draws the power gain |h|^2 of one coherence block; of mean 1, so that the mean SNR is the scenario's. */
export type Fading = (draw: Stream) => number;

/** By the name that a scenario's `channel.fading` gives. */
export const fadings: Readonly<Record<Scenario['channel']['fading'], Fading>> = {
  /** A channel of constant gain: additive white Gaussian noise alone. */
  none: () => 1,
  /** Rayleigh: h is complex Gaussian, so |h|^2 is exponential. */
  rayleigh: (draw) => draw.exponential(),
};

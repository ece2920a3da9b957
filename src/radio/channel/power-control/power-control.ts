import type { Strategy } from '../../../strategies/strategy.js';

/** What a sender goes by when it sets its power. */
export interface PowerBudget {
  /** The most that it can send with. */
  readonly powerWatts: number;
  /** Of its share of the band. */
  readonly bandwidthHz: number;
  /** Mean SNR over that share at its full power, a ratio, at a virtual time. */
  readonly fullRatioAt: (seconds: number) => number;
  /** What is lost from transmitter to receiver in the mean, in dB: path and shadowing less antenna gain; null without a cell. */
  readonly couplingLossDb: ((seconds: number) => number) | null;
}

/** The power at a virtual time, as a share of `powerWatts` from 0 to 1. */
export type PowerControl = (budget: PowerBudget) => (seconds: number) => number;

export type PowerControlStrategy = Strategy<PowerControl>;

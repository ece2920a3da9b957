import type { Stream } from '../../../simulation/random/stream.js';
import { correlations, greatestDopplerHz, type Moving } from '../gain-paths/doppler.js';
import { ratioOfDecibels } from '../rate.js';
import type { RatePolicy } from '../rate-policies/rate-policy.js';
import type { KnowledgeSettings } from './settings.js';

/**
 * What a sender makes of a gain that it does not know exactly: in place of the amplitude h it has the
 * estimate rho h + sqrt(1 - rho^2) n, n a complex Gaussian of mean power 1. Given the
 * estimate of a Rayleigh channel the gain is Rician, and less than theta with probability 1 - Q1(sqrt(2 rho^2
 * g' / (1 - rho^2)), sqrt(2 theta / (1 - rho^2))), g' the estimated gain. The receiver knows the gain.
 */
export interface Knowledge {
  /** rho, from 0 to 1. */
  readonly correlation: number;
  /** Age of the gain that is estimated, where gains are correlated over time; else 0, and rho has the age. */
  readonly delaySeconds: number;
  /** By which the sender divides its mean SNR when it takes a rate, from 1. */
  readonly margin: number;
  /** Receive antennas, whose estimates are combined as their gains are. */
  readonly antennas: number;
}

type Radio = KnowledgeSettings & Moving & { readonly fading: unknown };

/**
 * Null: the sender knows the gain. Where blocks are independent the age counts by Clarke's J0(2 pi fD tau), fD
 * the greatest that there is.
 */
export function knowledgeOf(channel: Radio, isCorrelated: boolean, antennas: number): Knowledge | null {
  const { knowledge, fading } = channel;
  if (knowledge === null) return null;
  const { errorVariance, delaySeconds, marginDb } = knowledge;
  const isAged = !isCorrelated && fading !== 'none';
  const aged = isAged ? Math.abs(correlations.jakes(greatestDopplerHz(channel) * delaySeconds)) : 1;
  return {
    correlation: aged * Math.sqrt(1 - errorVariance),
    delaySeconds: isCorrelated ? delaySeconds : 0,
    margin: ratioOfDecibels(marginDb),
    antennas,
  };
}

/** Draws the estimate of a gain: |rho sqrt(g) + sqrt(1 - rho^2) n|^2, and what other antennas add. */
export function drawEstimate(gain: number, { correlation, antennas }: Knowledge, draws: Stream): number {
  const variance = 1 - correlation * correlation;
  if (!(variance > 0)) return gain;
  const scattered = Math.sqrt(variance / 2);
  const real = correlation * Math.sqrt(gain) + scattered * draws.normal();
  const imaginary = scattered * draws.normal();
  const others = antennas === 1 ? 0 : variance * draws.gamma(antennas - 1);
  return real * real + imaginary * imaginary + others;
}

/**
 * Whether a block of this gain carries the rate at which a sender sends that believes in another gain and
 * mean SNR; at the power that it takes.
 */
export function isCarried(policy: RatePolicy, { gain, snr }: BlockRatio, believed: BlockRatio): boolean {
  const rateBps = policy.rateBps(believed.gain, believed.snr);
  const power = policy.powerRatio(believed.gain, believed.snr);
  // The rounding of a rate that was computed from its own capacity must not count as outage.
  return policy.carriesBps(gain, snr * power) >= rateBps * (1 - 1e-12);
}

interface BlockRatio {
  readonly gain: number;
  readonly snr: number;
}

import {
  arqMeanTransmissions,
  bestFixedRate,
  chaseFigures,
  chaseMeanTransmissions,
  ergodicBps,
  ergodicCapacityBps,
  gainForRate,
  incrementalFigures,
  truncatedArqMeanTransmissions,
  truncatedArqResidualLoss,
  type FixedRate,
} from '../channel/closed-forms.js';
import { correlations, levelCrossing, steadyDopplerHz } from '../channel/gain-paths/doppler.js';
import { capacityBps } from '../channel/rate.js';
import type { Channel } from '../channel/settings.js';
import type { Subject } from './subject.js';

/** What a link comes to without simulation; null where `why` has the reason. */
export interface ClosedForms {
  readonly ergodicBps: number;
  readonly awgnBps: number;
  readonly outage: number;
  readonly arqMean: number | null;
  readonly arqTruncatedMean: number;
  readonly residualLoss: number;
  readonly harqChaseMean: number | null;
  readonly harqIrMean: number | null;
  readonly bestFixedRateBps: number;
  readonly bestFixedRateOutage: number;
  readonly bestFixedRateGoodputBps: number;
  /** By the outage probability that the rate takes. */
  readonly outageRateBps: Readonly<Record<'0.01' | '0.05' | '0.10', number>>;
  readonly dopplerHz: number | null;
  /** Autocorrelation of the complex gain from one block to the next, by the channel's `correlation`. */
  readonly rho: number | null;
  /** At the gain that the fixed rate needs, for Rayleigh fading with a Doppler shift. */
  readonly levelCrossing: {
    readonly gain: number;
    readonly ratePerSecond: number;
    readonly averageFadeSeconds: number;
  } | null;
  readonly why: Readonly<Record<string, string>>;
}

/**
 * Shannon rates, outage and repeats of one packet per block at `channel.fixedRateBps`, over independent
 * blocks of the link's law at its mean SNR: Rayleigh's in closed form, others by quadrature.
 */
export function closedForms(subject: Subject): ClosedForms {
  const { scenario, link, snr } = subject;
  const { channel } = scenario;
  const { bandwidthHz, law, maxTransmissions } = link;
  const { fixedRateBps: rateBps } = channel;
  const theta = gainForRate(rateBps, bandwidthHz, snr);
  const outage = outageAt(subject, theta);
  const best = bestRate(subject);
  const doppler = steadyDopplerHz(channel);
  const hasFades = isRayleigh(subject) && doppler !== null && doppler > 0 && theta < greatestGain;
  const chase = chaseMean(subject, theta);
  const incremental = incrementalMean(subject, rateBps);
  return {
    ergodicBps: isRayleigh(subject)
      ? ergodicCapacityBps(bandwidthHz, snr)
      : ergodicBps(law, snr, bandwidthHz),
    awgnBps: capacityBps(bandwidthHz, snr, antennasOf(subject)),
    outage,
    arqMean: outage < 1 ? arqMeanTransmissions(outage) : null,
    arqTruncatedMean: truncatedArqMeanTransmissions(outage, maxTransmissions),
    residualLoss: truncatedArqResidualLoss(outage, maxTransmissions),
    harqChaseMean: typeof chase === 'number' ? chase : null,
    harqIrMean: typeof incremental === 'number' ? incremental : null,
    bestFixedRateBps: best.rateBps,
    bestFixedRateOutage: best.outage,
    bestFixedRateGoodputBps: best.goodputBps,
    outageRateBps: {
      '0.01': outageRate(subject, 0.01),
      '0.05': outageRate(subject, 0.05),
      '0.10': outageRate(subject, 0.1),
    },
    dopplerHz: doppler,
    rho: correlationOf(channel, doppler),
    levelCrossing: hasFades ? { gain: theta, ...levelCrossing(doppler, theta) } : null,
    why: {
      ...(outage < 1 ? {} : { arqMean: 'no block carries the fixed rate' }),
      ...(typeof chase === 'number' ? {} : { harqChaseMean: chase }),
      ...(typeof incremental === 'number' ? {} : { harqIrMean: incremental }),
      ...(doppler === null ? { dopplerHz: moves, rho: moves } : {}),
      ...(hasFades
        ? {}
        : {
            levelCrossing:
              'it is known for Rayleigh fading of one antenna with a Doppler shift, at gains that there are',
          }),
    },
  };
}

const moves = 'it changes with the speed of the client';

function correlationOf({ correlation, coherenceSeconds }: Channel, doppler: number | null): number | null {
  if (correlation === 'independent') return 0;
  return doppler === null ? null : correlations[correlation](doppler * coherenceSeconds);
}

function antennasOf({ scenario: { channel }, link }: Subject): number {
  return channel[link.direction].receiveAntennas;
}

/** Whether the gain is exponential. */
function isRayleigh(subject: Subject): boolean {
  return subject.scenario.channel.fading === 'rayleigh' && antennasOf(subject) === 1;
}

/** No block in e^-600 has a greater gain. */
const greatestGain = 600;

/** What rounding may take from a gain that was computed from its own rate. */
const rounding = 1 - 1e-12;

/** P(G < gain), at jumps of the law too. */
function outageAt({ scenario: { channel }, link: { law } }: Subject, gain: number): number {
  const isContinuous = channel.fading !== 'none' && channel.fading !== 'trace';
  return isContinuous ? law.cdf(gain) : Math.max(0, 1 - law.mean(() => 1, { above: gain * rounding }));
}

/** The greatest rate that no more than this share of the blocks fail to carry: by bisection. */
function outageRate(subject: Subject, probability: number): number {
  const { link, snr } = subject;
  let low = Math.log(1e-300);
  let high = Math.log(1e6);
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (link.law.cdf(Math.exp(middle)) < probability) low = middle;
    else high = middle;
  }
  return capacityBps(link.bandwidthHz, snr, Math.exp(high));
}

const candidates = 400;

/**
 * The fixed rate of the greatest goodput R P(C >= R). Rayleigh: in closed form. Else the best of 400 gains
 * from 1e-6 to 1e3, refined by golden sections between its neighbours.
 */
function bestRate(subject: Subject): FixedRate {
  const { scenario, link, snr } = subject;
  const { fading } = scenario.channel;
  if (isRayleigh(subject)) return bestFixedRate(link.bandwidthHz, snr);
  const at = (logGain: number): FixedRate => {
    const rateBps = capacityBps(link.bandwidthHz, snr, Math.exp(logGain));
    const outage = outageAt(subject, Math.exp(logGain));
    return { rateBps, outage, goodputBps: rateBps * (1 - outage) };
  };
  if (fading === 'none') return at(Math.log(antennasOf(subject)));
  const from = Math.log(1e-6);
  const step = (Math.log(1e3) - from) / candidates;
  let best = 0;
  for (let i = 1; i <= candidates; i++) {
    if (at(from + i * step).goodputBps > at(from + best * step).goodputBps) best = i;
  }
  return at(greatest((x) => at(x).goodputBps, from + (best - 1) * step, from + (best + 1) * step));
}

/** Where a function of one peak is greatest, by golden sections (Kiefer 1953). */
function greatest(f: (x: number) => number, from: number, to: number): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [from, to];
  for (let step = 0; step < 60; step++) {
    const left = high - golden * (high - low);
    const right = low + golden * (high - low);
    if (f(left) < f(right)) low = left;
    else high = right;
  }
  return (low + high) / 2;
}

/** What is left of a series of transmissions is below this. */
const smallEnough = 1e-9;
const mostTransmissions = { chase: 2 ** 12, incremental: 32 };

function chaseMean(subject: Subject, theta: number): number | string {
  const { scenario, link, snr } = subject;
  const { channel } = scenario;
  if (channel.fading === 'trace') return 'sums of gains of a trace have no closed form';
  if (theta === Infinity) return tooMany(mostTransmissions.chase);
  if (isRayleigh(subject)) {
    return chaseMeanTransmissions(channel.fixedRateBps, link.bandwidthHz, snr);
  }
  return untilDecoded((cap) => chaseFigures(link.law, theta * rounding, cap), 16, mostTransmissions.chase);
}

function incrementalMean(subject: Subject, rateBps: number): number | string {
  const { scenario, link, snr } = subject;
  const { channel } = scenario;
  const { law, bandwidthHz } = link;
  if (channel.fading === 'trace') return 'sums over a trace have no closed form';
  if (channel.fading === 'none') {
    return Math.ceil((rateBps / capacityBps(bandwidthHz, snr, antennasOf(subject))) * rounding);
  }
  // By Wald's identity the mean is no smaller.
  if (rateBps / ergodicBps(law, snr, bandwidthHz) > mostTransmissions.incremental) {
    return tooMany(mostTransmissions.incremental);
  }
  const fixed = { rateBps, bandwidthHz, snr };
  return untilDecoded((cap) => incrementalFigures(law, fixed, cap), 4, mostTransmissions.incremental);
}

function untilDecoded(
  figures: (cap: number) => { readonly meanTransmissions: number; readonly residualLoss: number },
  first: number,
  most: number,
): number | string {
  for (let cap = first; cap <= most; cap *= 2) {
    const { meanTransmissions, residualLoss } = figures(cap);
    if (residualLoss < smallEnough) return meanTransmissions;
  }
  return tooMany(most);
}

function tooMany(transmissions: number): string {
  return `a packet may take more than ${transmissions} transmissions`;
}

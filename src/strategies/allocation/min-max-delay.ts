import Type from 'typebox';
import type { Allotment } from '../../../machines/events.js';
import { sum } from '../../moments.js';
import { ratioOfDecibels } from '../../radio/channel/rate.js';
import { allocation, type Candidate } from './allocation.js';
import { firstWhere, someWhere } from './search.js';
import { bandwidthFor } from './shannon.js';
import { greatest } from '../../extremes.js';

/** What leaves room for fading, where a plan goes by the mean gain. */
export const snrMarginDb = Type.Number({
  minimum: 0,
  default: 0,
  description:
    'dB that the plan takes off the mean SNR, for rates over a fading channel are below those of its mean',
});

/** The candidates as the plan sees them. */
export function withMargin(candidates: readonly Candidate[], marginDb: number): readonly Candidate[] {
  const kept = ratioOfDecibels(-marginDb);
  return candidates.map((one) => ({ ...one, gainHzPerWatt: one.gainHzPerWatt * kept }));
}

/** The bandwidth with which a client is done in so many seconds at full power and full clock. */
export function bandwidthWithin(seconds: number, one: Candidate): number {
  const left = seconds - one.computeSeconds;
  return left > 0 ? bandwidthFor(one.uploadBits / left, one.maxPowerWatts, one.gainHzPerWatt) : Infinity;
}

/**
 * The least time in which all are done: the bandwidths for it make the whole band, and all finish at once, as the
 * time that an upload takes falls with its bandwidth.
 */
export function leastSeconds(candidates: readonly Candidate[], bandwidthHz: number): number {
  const suffices = (seconds: number) =>
    sum(candidates.map((one) => bandwidthWithin(seconds, one))) <= bandwidthHz;
  const slowest = greatest(candidates.map(({ computeSeconds }) => computeSeconds));
  const from = Math.max(slowest, 1e-9);
  return firstWhere(suffices, from, someWhere(suffices, from));
}

/** What all have at full power and full clock, who are done at the same time. */
export function allottedWithin(
  seconds: number,
  candidates: readonly Candidate[],
): Readonly<Record<string, Allotment>> {
  return Object.fromEntries(
    candidates.map((one) => [
      one.client,
      {
        bandwidthHz: bandwidthWithin(seconds, one),
        powerWatts: one.maxPowerWatts,
        frequencyHz: one.clock?.maxFrequencyHz ?? null,
        block: null,
        snrFactor: 1,
        lossProbability: 0,
        plannedSeconds: seconds,
      },
    ]),
  );
}

/**
 * Bandwidths that let all of the cohort finish computing and uploading at the same time, the earliest that can be, at
 * full power and clock. (Without energy this is the completion time that Yang et al. minimise, arXiv 1911.02417,
 * section IV; rates there are Shannon's at the mean gain, as here.)
 */
export const minMaxDelay = allocation({
  name: 'min-max-delay',
  description: 'bandwidths that let the whole cohort finish at once, as early as can be',
  options: Type.Object({ snrMarginDb }),
  make:
    ({ snrMarginDb }) =>
    (candidates, { bandwidthHz }) => {
      const planned = withMargin(candidates, snrMarginDb);
      return allottedWithin(leastSeconds(planned, bandwidthHz), planned);
    },
});

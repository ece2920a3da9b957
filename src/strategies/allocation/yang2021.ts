import Type from 'typebox';
import type { Allotment } from '../../../machines/events.js';
import { sum } from '../../moments.js';
import { allocation, type Candidate } from './allocation.js';
import { allottedWithin, leastSeconds, snrMarginDb, withMargin } from './min-max-delay.js';
import { firstWhere, leastAt } from './search.js';
import { bandwidthFor, powerFor } from './shannon.js';

/** How a client spends its time and the band. */
export interface Plan {
  /** Of the upload; the rest of the time limit is for computing. */
  readonly uploadSeconds: number;
  readonly bandwidthHz: number;
}

/**
 * Joules of a client that is done at the limit T: κ C³/(T − t)² for C cycles in T − t seconds, and
 * t (b/g)(2^(s/tb) − 1) over the amplifier's efficiency, with the circuits' power, for s bits in t seconds over b Hz.
 */
export function joulesOf(one: Candidate, limitSeconds: number, { uploadSeconds: t, bandwidthHz: b }: Plan) {
  const radiated = powerFor(one.uploadBits / t, b, one.gainHzPerWatt);
  return (
    computeJoules(one, limitSeconds - t) + t * (radiated / one.amplifierEfficiency + one.circuitPowerWatts)
  );
}

function computeJoules({ clock, computeSeconds }: Candidate, seconds: number): number {
  if (clock === null) return 0;
  const cycles = computeSeconds * clock.maxFrequencyHz;
  return (clock.switchedCapacitance * cycles ** 3) / seconds ** 2;
}

/**
 * The plans of least total energy under the limit. Expanding the exponential, the transmission energy is a sum of
 * terms (tb)^-k, k ≥ 0, and the power one of terms t^-(k+1) b^-k, all jointly convex: so is the whole problem, and
 * its dual is exact. With a price per hertz each client has a least cost of its own; the price is right where the
 * clients take the whole band. RangeError below the least time in which all can be done.
 */
export function plansWithin(
  limitSeconds: number,
  candidates: readonly Candidate[],
  bandwidthHz: number,
): readonly Plan[] {
  const plansAt = (price: number) => candidates.map((one) => planAt(price, one, limitSeconds));
  const taken = (price: number) => sum(plansAt(price).map((plan) => plan.bandwidthHz));
  const price = firstWhere((price) => taken(price) <= bandwidthHz, 1e-30, 1e6);
  const plans = plansAt(price);
  const total = sum(plans.map((plan) => plan.bandwidthHz));
  if (total > bandwidthHz * (1 + 1e-6)) {
    throw new RangeError(`a band of ${bandwidthHz} Hz is too narrow for a limit of ${limitSeconds} s`);
  }
  return plans.map((plan) => ({ ...plan, bandwidthHz: (plan.bandwidthHz * bandwidthHz) / total }));
}

/** The least cost of a client at a price in joules per hertz. */
function planAt(price: number, one: Candidate, limitSeconds: number): Plan {
  const most = limitSeconds - one.computeSeconds;
  // Below this time no bandwidth carries the update.
  const least = (one.uploadBits * Math.LN2) / (one.gainHzPerWatt * one.maxPowerWatts);
  const cost = (uploadSeconds: number) => {
    const bandwidthHz = bandwidthAt(price, one, uploadSeconds);
    if (bandwidthHz === Infinity) return Infinity;
    return joulesOf(one, limitSeconds, { uploadSeconds, bandwidthHz }) + price * bandwidthHz;
  };
  const inner = leastAt(cost, least * (1 + 2e-9), most);
  const uploadSeconds = cost(most) <= cost(inner) ? most : inner;
  return { uploadSeconds, bandwidthHz: bandwidthAt(price, one, uploadSeconds) };
}

/**
 * The bandwidth of least cost for a time t at a price λ: with x = s ln 2/(tb) the energy falls with the bandwidth by
 * (t/(g η))(1 + (x − 1) e^x), η the amplifier's efficiency, which is to be λ; more where the power allows no less.
 */
function bandwidthAt(price: number, one: Candidate, seconds: number): number {
  const { uploadBits, gainHzPerWatt, maxPowerWatts, amplifierEfficiency } = one;
  const atFullPower = bandwidthFor(uploadBits / seconds, maxPowerWatts, gainHzPerWatt);
  const scaled = (price * gainHzPerWatt * amplifierEfficiency) / seconds;
  const exponent = exponentFor(scaled);
  return Math.max(atFullPower, (uploadBits * Math.LN2) / (seconds * exponent));
}

/**
 * The x > 0 with 1 + (x − 1) e^x = y, for y > 0: by Newton's method from above, as the left side is convex; where the
 * 1 would take its digits away, from the series x²/2 + x³/3 + x⁴/8.
 */
export function exponentFor(y: number): number {
  const root = Math.sqrt(2 * y);
  if (y < 1e-6) return root * (1 - root / 3 + (11 / 72) * root ** 2);
  let x = Math.min(root, 1 + Math.log1p(y));
  for (let step = 0; step < 60; step++) {
    const next = x - (1 + (x - 1) * Math.exp(x) - y) / (x * Math.exp(x));
    if (!(next < x)) break;
    x = next;
  }
  return x;
}

function allotted(one: Candidate, limitSeconds: number, { uploadSeconds, bandwidthHz }: Plan): Allotment {
  const power = powerFor(one.uploadBits / uploadSeconds, bandwidthHz, one.gainHzPerWatt);
  const { clock, computeSeconds } = one;
  const computing = limitSeconds - uploadSeconds;
  return {
    bandwidthHz,
    powerWatts: Math.min(one.maxPowerWatts, power),
    frequencyHz: clock && Math.min(clock.maxFrequencyHz, (computeSeconds * clock.maxFrequencyHz) / computing),
    block: null,
    snrFactor: 1,
    lossProbability: 0,
    plannedSeconds: (clock === null ? computeSeconds : computing) + uploadSeconds,
  };
}

/**
 * Bandwidth, power and clock of least total energy under a limit of time (Z. Yang, M. Chen, W. Saad, C. S. Hong and
 * M. Shikh-Bahaei, Energy efficient federated learning over wireless communication networks, IEEE Trans. Wireless
 * Communications 20(3), 2021; arXiv 1911.02417). Rates are Shannon's at the mean gain, in FDMA.
 *
 * Departures: the paper chooses the local accuracy as well, which here is what the scenario's local steps give, and
 * its limit over all rounds is one of each round. It alternates between variables; here the optimum is exact.
 * Circuits and the amplifier count. Where not all can be done by the limit, all finish as early as can be: the paper's
 * check of feasibility. A device without a clock computes as it does, for no energy.
 */
export const yang2021 = allocation({
  name: 'yang2021',
  description: 'bandwidth, power and clock of least energy under a limit of time (Yang et al. 2021)',
  options: Type.Object({
    limitSeconds: Type.Number({
      exclusiveMinimum: 0,
      description: 'for computing and upload of a round; where it is too short, as early as can be',
    }),
    snrMarginDb,
  }),
  make:
    ({ limitSeconds, snrMarginDb }) =>
    (candidates, { bandwidthHz }) => {
      const planned = withMargin(candidates, snrMarginDb);
      const earliest = leastSeconds(planned, bandwidthHz);
      // Next to the earliest time there is nothing left to choose.
      if (limitSeconds < earliest * (1 + 1e-6)) return allottedWithin(earliest, planned);
      const plans = plansWithin(limitSeconds, planned, bandwidthHz);
      return Object.fromEntries(
        planned.map((one, place) => [one.client, allotted(one, limitSeconds, plans[place]!)]),
      );
    },
});

import Type from 'typebox';
import type { Allotment } from '../../../machines/events.js';
import { ergodicCapacityBps } from '../../radio/channel/closed-forms.js';
import { transmitJoules } from '../../radio/channel/directions/transmitter.js';
import { ratioOfDecibels } from '../../radio/channel/rate.js';
import { allocation, type Band, type Candidate } from './allocation.js';
import { assignment } from './hungarian.js';
import { packetErrorRate } from './packet-error.js';
import { firstWhere, leastAt } from './search.js';

interface Limits {
  readonly limitSeconds: number;
  readonly limitJoules: number;
  /** Waterfall threshold, a ratio. */
  readonly waterfall: number;
}

/** A client on a resource block. */
interface Place {
  readonly bandwidthHz: number;
  /** Mean SINR at one watt. */
  readonly sinrPerWatt: number;
}

/** What an update costs a client at a power: mean seconds and joules on the air, over Rayleigh fading. */
export function uploadAt(powerWatts: number, one: Candidate, { bandwidthHz, sinrPerWatt }: Place) {
  const seconds = one.uploadBits / ergodicCapacityBps(bandwidthHz, sinrPerWatt * powerWatts);
  return { seconds, joules: transmitJoules(one, powerWatts * seconds, seconds) };
}

/**
 * The greatest power that keeps an update's energy in the limit, at most the client's own (their theorem 2: packet
 * error and delay fall as the power grows); null where none does, or where it takes longer than the limit.
 */
export function powerOn(place: Place, one: Candidate, { limitSeconds, limitJoules }: Limits): number | null {
  const most = one.maxPowerWatts;
  const left = limitJoules - computeJoules(one);
  const joules = (powerWatts: number) => uploadAt(powerWatts, one, place).joules;
  const power = joules(most) <= left ? most : greatestWithin(joules, left, most);
  if (power === null) return null;
  return one.computeSeconds + uploadAt(power, one, place).seconds <= limitSeconds ? power : null;
}

/** Energy first falls with the power, where circuits draw much, and then grows. */
function greatestWithin(joules: (powerWatts: number) => number, limit: number, most: number): number | null {
  const leastPower = Math.exp(leastAt((log) => joules(Math.exp(log)), Math.log(most * 1e-9), Math.log(most)));
  if (joules(leastPower) > limit) return null;
  return firstWhere((powerWatts) => joules(powerWatts) >= limit, leastPower, most);
}

function computeJoules({ clock, computeSeconds }: Candidate): number {
  if (clock === null) return 0;
  return clock.switchedCapacitance * computeSeconds * clock.maxFrequencyHz ** 3;
}

function allotted(one: Candidate, band: Band, blocks: number, limits: Limits): readonly (Allotment | null)[] {
  const bandwidthHz = band.bandwidthHz / blocks;
  return Array.from({ length: blocks }, (_, index) => {
    const snrFactor = band.blockFactors[index] ?? 1;
    const place = { bandwidthHz, sinrPerWatt: (one.gainHzPerWatt * snrFactor) / bandwidthHz };
    const powerWatts = powerOn(place, one, limits);
    if (powerWatts === null) return null;
    return {
      bandwidthHz,
      powerWatts,
      frequencyHz: one.clock?.maxFrequencyHz ?? null,
      block: index + 1,
      snrFactor,
      lossProbability: packetErrorRate(limits.waterfall, place.sinrPerWatt * powerWatts),
      plannedSeconds: one.computeSeconds + uploadAt(powerWatts, one, place).seconds,
    };
  });
}

/**
 * Who sends on which resource block at which power (M. Chen, Z. Yang, W. Saad, C. Yin, H. V. Poor and S. Cui, A joint
 * learning and communications framework for federated learning over wireless networks, IEEE Trans. Wireless
 * Communications 20(1), 2021; arXiv 1909.07972). On each block a client takes the greatest power that keeps its
 * update within the limits; an update of K rows that is lost with probability q is worth K (1 − q); and the
 * Hungarian algorithm finds the blocks by which those averaged are worth most. Who has no block is not asked.
 *
 * Departures: the delay is that of computing and upload, not of download and upload (the downlink is the scenario's);
 * the energy of computing counts where devices have a clock, which runs at its highest. The link loses each packet of
 * the update with probability q.
 */
export const chen2021 = allocation({
  name: 'chen2021',
  description: 'clients, resource blocks and powers of the fewest rows lost (Chen et al. 2021)',
  fading: 'rayleigh',
  options: Type.Object({
    resourceBlocks: Type.Integer({
      minimum: 1,
      description: 'into which the band is cut: as many clients are asked at most',
    }),
    limitSeconds: Type.Number({ exclusiveMinimum: 0, description: 'for computing and upload of a round' }),
    limitJoules: Type.Number({ exclusiveMinimum: 0, description: 'of a client for computing and upload' }),
    waterfallDb: Type.Number({ default: 0.023, description: 'threshold of the packet error rate' }),
  }),
  make: ({ resourceBlocks, waterfallDb, ...limits }) => {
    const all = { ...limits, waterfall: ratioOfDecibels(waterfallDb) };
    return (candidates, band) => {
      const choices = candidates.map((one) => allotted(one, band, resourceBlocks, all));
      const costs = candidates.map(({ rows }, index) =>
        choices[index]!.map((choice) => (choice === null ? 0 : rows * (choice.lossProbability - 1))),
      );
      const blocks = assignment(costs);
      return Object.fromEntries(
        candidates.flatMap(({ client }, index) => {
          const block = blocks[index] ?? null;
          const own = block === null ? null : choices[index]![block];
          return own ? [[client, own] as const] : [];
        }),
      );
    };
  },
});

import { sum } from '../../../moments.js';
import { mixtureOf } from '../large-scale/line-of-sight.js';
import { dbmOfWatts } from '../large-scale/link-budget.js';
import { pathLosses, type FormulaName } from '../large-scale/path-loss.js';
import type { Track } from '../large-scale/positions.js';
import type { Cell } from '../large-scale/settings.js';
import { ratioOfDecibels } from '../rate.js';
import { levelRatio } from './levels.js';
import type { InterferenceSetting, InterferingTransmitter } from './settings.js';

/** Who hears it, and against what. */
export interface Receiver {
  readonly cell: Cell;
  readonly carrierHz: number;
  readonly noiseDbm: number;
  readonly track: Track;
}

/**
 * Interference over noise at a receiver, as a ratio over virtual time. Of a transmitter it is activity × power ×
 * antenna gain over the path loss of the cell's formula (out of sight, where that is by chance), at least at
 * `minDistanceMeters`, without shadowing and fading.
 */
export function interferenceAt(
  setting: InterferenceSetting,
  receiver: Receiver,
): (seconds: number) => number {
  if (setting === null || !('transmitters' in setting)) {
    const ratio = levelRatio(setting, receiver.noiseDbm);
    return () => ratio;
  }
  return (seconds) => sum(setting.transmitters.map((one) => heard(one, receiver, seconds)));
}

function heard(one: InterferingTransmitter, { cell, carrierHz, noiseDbm, track }: Receiver, seconds: number) {
  const formula = pathLosses[mixtureOf(cell.pathLoss)?.blocked ?? (cell.pathLoss as FormulaName)];
  const baseHeightMeters = cell.baseHeightMeters ?? formula.baseHeightMeters;
  const site = { baseHeightMeters, clientHeightMeters: cell.clientHeightMeters, carrierHz };
  const { x, y } = track.at(seconds);
  const [atX, atY] = one.position as [number, number];
  const distance = Math.max(Math.sqrt((atX - x) ** 2 + (atY - y) ** 2), cell.minDistanceMeters);
  const levelDbm = dbmOfWatts(one.powerWatts) + cell.antennaGainDb - formula.lossDb(distance, site);
  return one.activity * ratioOfDecibels(levelDbm - noiseDbm);
}

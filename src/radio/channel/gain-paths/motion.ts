import { positionsOf } from '../large-scale/index.js';
import type { KeyedClient } from '../../../settings/per-client.js';
import type { Cell } from '../large-scale/settings.js';
import { dopplerOf, steadyDopplerHz } from './doppler.js';
import type { GainPathSettings } from './settings.js';

/**
 * What turns the phases of the scattered paths: the integral of the Doppler shift over time, 1 for each
 * wavelength of the way. A client that rests keeps its gain, one at twice the speed fades twice as often.
 */
export interface Motion {
  /** Turns from time 0 to the beginning of a block: never fewer than at the block before. */
  turnsAt(block: number): number;
  /** Turns of a block: always so many, or at least while the client moves. */
  readonly turnsPerBlock: number;
  readonly isSteady: boolean;
}

/** A Doppler shift that never changes. */
export function steadyMotion(turnsPerBlock: number): Motion {
  return { turnsAt: (block) => block * turnsPerBlock, turnsPerBlock, isSteady: true };
}

/** By a steady Doppler shift, or along the way of a client through its cell. */
export function motionOf(
  channel: GainPathSettings & { readonly cell: Cell | null },
  client: KeyedClient,
): Motion {
  const { cell, carrierHz, coherenceSeconds } = channel;
  const steadyHz = steadyDopplerHz(channel);
  if (steadyHz !== null || cell?.mobility == null) return steadyMotion((steadyHz ?? 0) * coherenceSeconds);
  const track = positionsOf(cell, client);
  const turnsPerMeter = dopplerOf(1, carrierHz);
  return {
    turnsAt: (block) => track.travelledMeters(block * coherenceSeconds) * turnsPerMeter,
    turnsPerBlock: cell.mobility.minSpeedMetersPerSecond * turnsPerMeter * coherenceSeconds,
    isSteady: false,
  };
}

import Type from 'typebox';
import { made, strategy } from '../../../strategies/strategy.js';
import type { Choice } from '../../../settings/choice.js';
import { dbmOfWatts } from '../large-scale/link-budget.js';
import { decibelsOf, ratioOfDecibels } from '../rate.js';
import type { PowerBudget, PowerControl, PowerControlStrategy } from './power-control.js';

/** 12 subcarriers of 15 kHz. */
const resourceBlockHz = 180e3;

const constant: PowerControlStrategy = {
  name: 'constant',
  description: 'all of `powerWatts`',
  make: () => () => () => 1,
};

const fractionalOptions = Type.Object(
  {
    p0Dbm: Type.Number({ default: -80, description: 'power that would arrive in a resource block, alpha 1' }),
    alpha: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0.8,
      description: 'part of the path loss that is made up for',
    }),
  },
  { additionalProperties: false },
);

/**
 * Open-loop fractional power control (3GPP TS 36.213, section 5.1.1.1, and 38.213, section 7.1.1, without
 * their closed-loop terms): P = min(Pmax, P0 + 10 log10(M) + alpha PL) in dBm, M the number of resource blocks
 * of 180 kHz in the link's share of the band. RangeError without a cell, which gives PL.
 */
const fractional = strategy({
  name: 'fractional',
  description: 'open loop of 3GPP: min(powerWatts, P0 + 10 log10(M) + alpha · path loss); needs a `cell`',
  options: fractionalOptions,
  make:
    ({ p0Dbm, alpha }): PowerControl =>
    ({ powerWatts, bandwidthHz, couplingLossDb }) => {
      if (couplingLossDb === null) throw new RangeError('fractional power control needs a cell');
      const fixedDb = p0Dbm + decibelsOf(bandwidthHz / resourceBlockHz) - dbmOfWatts(powerWatts);
      return (seconds) => Math.min(1, ratioOfDecibels(fixedDb + alpha * couplingLossDb(seconds)));
    },
});

const targetSnr = strategy({
  name: 'target-snr',
  description: 'the least power that reaches a mean SNR, at most `powerWatts`',
  options: Type.Object(
    { targetSnrDb: Type.Number({ default: 5, description: 'mean SNR over the link’s share of the band' }) },
    { additionalProperties: false },
  ),
  make: ({ targetSnrDb }): PowerControl => {
    const target = ratioOfDecibels(targetSnrDb);
    return ({ fullRatioAt }) =>
      (seconds) =>
        Math.min(1, target / fullRatioAt(seconds));
  },
});

/** By the name that a direction's `powerControl` gives. */
export const powerControls = {
  constant,
  fractional,
  'target-snr': targetSnr,
} as const satisfies Readonly<Record<string, PowerControlStrategy>>;

/** The share of its power that a sender sends with, over virtual time. */
export function powerShare(chosen: Choice, budget: PowerBudget): (seconds: number) => number {
  return made<PowerControl, object>(powerControls, chosen, {})(budget);
}

/** The same where nothing but the mean SNR at full power, a ratio, is known. */
export function constantPowerShare(
  { powerWatts, powerControl }: { readonly powerWatts: number; readonly powerControl: Choice },
  bandwidthHz: number,
  fullRatio: number,
): number {
  const budget = { powerWatts, bandwidthHz, fullRatioAt: () => fullRatio, couplingLossDb: null };
  return powerShare(powerControl, budget)(0);
}

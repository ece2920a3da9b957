import Type, { type Static } from 'typebox';
import { atLeastZero, closed, nullable, positive, type Settings } from '../../../settings/form.js';

const McsStep = closed({
  snrDb: Type.Number({ description: 'lowest signal-to-noise ratio at which the step is used' }),
  bitsPerSecondPerHz: Type.Number({ exclusiveMinimum: 0, description: 'spectral efficiency of the step' }),
});

/** At which rate a sender sends. */
export const rateSettings = {
  rate: Type.Enum(['capacity', 'fixed', 'cutoff', 'inversion', 'mcs', 'finite-blocklength'], {
    default: 'capacity',
    description:
      'capacity: follows Shannon’s rate of every block; fixed: `fixedRateBps` whatever the gain, with outage; ' +
      'cutoff: capacity, silent below `cutoffGain`; inversion: truncated channel inversion, silent below ' +
      '`cutoffGain`; mcs: the best step of `mcs`, silent below the lowest; finite-blocklength: what codewords of ' +
      '`codewordChannelUses` carry with `blockErrorRate`, by the normal approximation',
  }),
  fixedRateBps: positive(1e6, 'of "fixed", in bits per second'),
  cutoffGain: atLeastZero(0.1, 'of "cutoff" and "inversion": power gain relative to its mean'),
  mcs: nullable(
    Type.Array(McsStep, { minItems: 1 }),
    'steps of "mcs"; null: the 15 efficiencies of 3GPP TS 36.213 table 7.2.3-1, each from `mcsGapDb` above ' +
      'the ratio at which Shannon’s rate reaches it',
  ),
  mcsGapDb: atLeastZero(2, 'gap to Shannon’s rate of the table that stands for a null `mcs`'),
  codewordChannelUses: Type.Integer({
    minimum: 100,
    maximum: 1e9,
    default: 1000,
    description:
      'length n of a codeword of "finite-blocklength": n / bandwidthHz seconds; the approximation is close from 100 on',
  }),
  blockErrorRate: Type.Number({
    exclusiveMinimum: 0,
    maximum: 0.5,
    default: 1e-3,
    description: 'of "finite-blocklength": probability that a codeword is not decoded',
  }),
};

export type RateSettings = Settings<typeof rateSettings>;

/** A modulation and coding scheme: its spectral efficiency and the lowest ratio in dB at which it is used. */
export type McsStep = Static<typeof McsStep>;

import { ratioOfDecibels } from '../rate.js';
import type { RatePolicyMaker } from './rate-policy.js';
import type { McsStep, RateSettings } from './settings.js';

/** Bits per second and hertz of channel quality 1 to 15: 3GPP TS 36.213, table 7.2.3-1. */
const lteEfficiencies: readonly number[] = [
  0.1523, 0.2344, 0.377, 0.6016, 0.877, 1.1758, 1.4766, 1.9141, 2.4063, 2.7305, 3.3223, 3.9023, 4.5234,
  5.1152, 5.5547,
];

/**
 * The steps of a scenario from the lowest ratio to the highest. Where it lists none: the efficiencies of LTE,
 * each from snr = (2^e - 1) 10^(gap/10) on, the ratio at which Shannon's rate is e, and `mcsGapDb` on top for
 * what real codes lose to it.
 */
export function mcsSteps({
  mcs: listed,
  mcsGapDb,
}: Pick<RateSettings, 'mcs' | 'mcsGapDb'>): readonly McsStep[] {
  const steps =
    listed ??
    lteEfficiencies.map((efficiency) => ({
      snrDb: 10 * Math.log10(2 ** efficiency - 1) + mcsGapDb,
      bitsPerSecondPerHz: efficiency,
    }));
  return [...steps].sort((a, b) => a.snrDb - b.snrDb || a.bitsPerSecondPerHz - b.bitsPerSecondPerHz);
}

/** What rounding may take a step above Shannon's rate that was computed from it. */
const rounding = 1 + 1e-9;

/** The first step that promises more than log2(1 + snr) at its own ratio: no code is decoded there. */
export function fasterThanShannon(steps: readonly McsStep[]): McsStep | undefined {
  return steps.find(
    ({ snrDb, bitsPerSecondPerHz }) =>
      bitsPerSecondPerHz > (Math.log1p(ratioOfDecibels(snrDb)) / Math.LN2) * rounding,
  );
}

/**
 * Adaptive modulation and coding: the highest step whose ratio is reached by snr g, at constant power; silent
 * where none is (Goldsmith, Wireless Communications, 2005, chapter 9).
 */
export const mcs: RatePolicyMaker = (settings, bandwidthHz) => {
  const steps = mcsSteps(settings);
  const ratios = Float64Array.from(steps, ({ snrDb }) => ratioOfDecibels(snrDb));
  const ratesBps = Float64Array.from(steps, ({ bitsPerSecondPerHz }) => bitsPerSecondPerHz * bandwidthHz);
  const lowest = ratios[0]!;
  const rateBps = (gain: number, snr: number) => {
    const ratio = gain * snr;
    let step = ratios.length - 1;
    while (step >= 0 && ratios[step]! > ratio) step--;
    return step < 0 ? 0 : ratesBps[step]!;
  };
  return {
    rateBps,
    carriesBps: rateBps,
    powerRatio: (gain, snr) => (gain * snr >= lowest ? 1 : 0),
    adaptive: true,
    breaks: (snr) => Array.from(ratios, (ratio) => ratio / snr),
  };
};

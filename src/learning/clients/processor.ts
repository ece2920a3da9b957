import { atLeastZero, closedOrNull, nullable, positive } from '../../settings/form.js';
import Type, { type Static } from 'typebox';

/** How a device computes, where its energy is modelled. */
export const ProcessorSetting = closedOrNull(
  {
    maxFrequencyHz: positive(2e9, 'of its clock, at which it does `gigaflopsPerSecond`'),
    frequencyHz: nullable(
      Type.Number({ exclusiveMinimum: 0 }),
      'of its clock: a task of C cycles takes C / f seconds and κ C f² joules; null: the maximum',
    ),
    switchedCapacitance: atLeastZero(1e-28, 'effective switched capacitance κ, joules per cycle and Hz²'),
  },
  'clock and energy of computing; null: computing runs at `gigaflopsPerSecond`, and its energy is not modelled',
);

type Processor = NonNullable<Static<typeof ProcessorSetting>>;

/** What of a device says how fast it computes, and for how much energy. */
export interface Computer {
  /** Sustained speed; with a processor that at its maximum frequency. */
  readonly gigaflopsPerSecond: number;
  readonly processor: Processor | null;
}

/** Sustained speed at the frequency at which the device runs. */
export function speedOf({ gigaflopsPerSecond, processor }: Computer): number {
  return processor === null
    ? gigaflopsPerSecond
    : (gigaflopsPerSecond * frequencyOf(processor)) / processor.maxFrequencyHz;
}

/** Virtual seconds that a device takes for so many floating-point operations, without any slowdown. */
export function secondsFor(flops: number, computer: Computer): number {
  return flops / (speedOf(computer) * 1e9);
}

/**
 * Joules that a device takes for so many floating-point operations: κ C f² with C its cycles, seconds × f (Burd and
 * Brodersen, Processor design for portable systems, J. VLSI Signal Processing 13, 1996; Yang et al., Energy efficient
 * federated learning over wireless communication networks, arXiv 1911.02417, local computation). Null
 * for a device without a processor.
 */
export function joulesFor(flops: number, computer: Computer): number | null {
  const { processor } = computer;
  if (processor === null) return null;
  const frequencyHz = frequencyOf(processor);
  const cycles = secondsFor(flops, computer) * frequencyHz;
  return processor.switchedCapacitance * cycles * frequencyHz ** 2;
}

function frequencyOf({ frequencyHz, maxFrequencyHz }: Processor): number {
  return frequencyHz ?? maxFrequencyHz;
}

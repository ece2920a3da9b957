import type { Candidate } from '../../../src/strategies/allocation/allocation.js';

/** A client for tests to vary: 1 Mbit to send, a second of computing at 2 GHz, 1 W, 1 MHz of gain for each watt. */
export function candidate(client: string, more: Partial<Candidate> = {}): Candidate {
  return {
    client,
    uploadBits: 1e6,
    computeSeconds: 1,
    clock: { maxFrequencyHz: 2e9, switchedCapacitance: 1e-28 },
    maxPowerWatts: 1,
    amplifierEfficiency: 1,
    circuitPowerWatts: 0,
    gainHzPerWatt: 3e6,
    rows: 100,
    ...more,
  };
}

/** Two that differ in all that counts. */
export const two = [
  candidate('near', { uploadBits: 2e6 }),
  candidate('far', { gainHzPerWatt: 1e6, computeSeconds: 2, maxPowerWatts: 2 }),
];

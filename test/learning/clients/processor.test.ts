import assert from 'node:assert/strict';
import { joulesFor, secondsFor, speedOf } from '../../../src/learning/clients/processor.js';

/** One operation a cycle: a task of so many operations is one of so many cycles. */
const oneFlopPerCycle = (frequencyHz: number | null, switchedCapacitance = 1e-28) => ({
  gigaflopsPerSecond: 2,
  processor: { maxFrequencyHz: 2e9, frequencyHz, switchedCapacitance },
});

const near = (found: number | null, expected: number) =>
  assert.ok(found !== null && Math.abs(found - expected) <= 1e-12 * expected, `${found}, not ${expected}`);

describe('a device with a processor', () => {
  it('takes half the time and four times the energy for the same cycles at twice the frequency', () => {
    const [slow, fast] = [oneFlopPerCycle(1e9), oneFlopPerCycle(2e9)];
    near(secondsFor(3e9, slow), 3);
    near(secondsFor(3e9, fast), 1.5);
    near(joulesFor(3e9, fast), 4 * joulesFor(3e9, slow)!);
  });

  it('runs at its maximum frequency where none is chosen, with the speed that its class names', () => {
    assert.equal(speedOf(oneFlopPerCycle(null)), 2);
    near(speedOf(oneFlopPerCycle(0.5e9)), 0.5);
    near(joulesFor(1e9, oneFlopPerCycle(null)), joulesFor(1e9, oneFlopPerCycle(2e9))!);
  });

  it('draws κ f³ watts while it computes', () => {
    const device = oneFlopPerCycle(1.5e9, 2e-28);
    near(joulesFor(7e8, device)! / secondsFor(7e8, device), 2e-28 * 1.5e9 ** 3);
  });

  // Yang et al., arXiv 1911.02417, numerical results: κ = 1e-28, D = 500 samples, C of 10,000 to 30,000 cycles a sample, f up
  // to 2 GHz. A local iteration: C D / f seconds and κ C D f² joules, here by hand.
  for (const { cyclesPerSample, frequencyHz, seconds, joules } of [
    { cyclesPerSample: 1e4, frequencyHz: 2e9, seconds: 2.5e-3, joules: 2e-3 },
    { cyclesPerSample: 2e4, frequencyHz: 2e9, seconds: 5e-3, joules: 4e-3 },
    { cyclesPerSample: 3e4, frequencyHz: 2e9, seconds: 7.5e-3, joules: 6e-3 },
    { cyclesPerSample: 2e4, frequencyHz: 1e9, seconds: 1e-2, joules: 1e-3 },
  ]) {
    it(`takes ${joules} J in ${seconds} s for ${cyclesPerSample} cycles a sample at ${frequencyHz} Hz`, () => {
      const device = oneFlopPerCycle(frequencyHz);
      near(secondsFor(500 * cyclesPerSample, device), seconds);
      near(joulesFor(500 * cyclesPerSample, device), joules);
    });
  }

  it('has no energy that is known where it has no processor', () => {
    const device = { gigaflopsPerSecond: 8, processor: null };
    assert.equal(joulesFor(1e9, device), null);
    assert.equal(secondsFor(1e9, device), 0.125);
  });
});

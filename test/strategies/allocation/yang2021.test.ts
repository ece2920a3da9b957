import assert from 'node:assert/strict';
import { sum } from '../../../src/moments.js';
import type { Candidate } from '../../../src/strategies/allocation/allocation.js';
import { minMaxDelay } from '../../../src/strategies/allocation/min-max-delay.js';
import {
  exponentFor,
  plansWithin,
  yang2021,
  type Plan,
} from '../../../src/strategies/allocation/yang2021.js';
import { candidate, two } from './candidates.js';

const bandwidthHz = 1e6;
const band = { bandwidthHz, blockFactors: [] };

/** Written out anew, from the paper: kappa C f^2 and p t, Infinity where the power or the clock is too small. */
function joules(one: Candidate, limit: number, { uploadSeconds: t, bandwidthHz: b }: Plan): number {
  const power = (b / one.gainHzPerWatt) * (2 ** (one.uploadBits / (t * b)) - 1);
  const cycles = one.computeSeconds * 2e9;
  const frequency = cycles / (limit - t);
  if (t <= 0 || power > one.maxPowerWatts * (1 + 1e-9) || !(frequency <= 2e9 * (1 + 1e-9))) return Infinity;
  return 1e-28 * cycles * frequency ** 2 + (power / one.amplifierEfficiency + one.circuitPowerWatts) * t;
}
const total = (all: readonly Candidate[], limit: number, plans: readonly Plan[]) =>
  sum(all.map((one, index) => joules(one, limit, plans[index]!)));

describe('bandwidth, power and clock of least energy', () => {
  const radios = {
    ideal: two,
    wasteful: two.map((one) => ({ ...one, amplifierEfficiency: 0.3, circuitPowerWatts: 0.1 })),
  };
  for (const [name, clients] of Object.entries(radios)) {
    for (const limit of [4.5, 8, 20]) {
      it(`are as good as a grid of time and band, with ${name} radios, in ${limit} s`, () => {
        const found = total(clients, limit, plansWithin(limit, clients, bandwidthHz));
        let best = Infinity;
        for (let split = 1; split < 200; split++) {
          const b = (split / 200) * bandwidthHz;
          const [first, second] = clients.map((one, index) => {
            let least = Infinity;
            for (let step = 1; step <= 400; step++) {
              const uploadSeconds = ((limit - one.computeSeconds) * step) / 400;
              const plan = { uploadSeconds, bandwidthHz: index === 0 ? b : bandwidthHz - b };
              least = Math.min(least, joules(one, limit, plan));
            }
            return least;
          });
          best = Math.min(best, first! + second!);
        }
        assert.ok(best < Infinity && found <= best * (1 + 1e-9), `${found} J, the grid has ${best} J`);
        assert.ok(best < found * 1.005, `${found} J, the grid has ${best} J`);
      });
    }
  }

  it('fulfil the conditions of Karush, Kuhn and Tucker: what another hertz saves is alike, and no time is worth more', () => {
    const five = [
      ...two,
      ...[0.5, 2, 8].map((x) => candidate(`${x}`, { gainHzPerWatt: x * 1e6, computeSeconds: x / 2 })),
    ];
    const limit = 12;
    const plans = plansWithin(limit, five, bandwidthHz);
    assert.ok(Math.abs(sum(plans.map((plan) => plan.bandwidthHz)) - bandwidthHz) < 1e-3);
    const slope = (index: number, key: keyof Plan) => {
      const at = (factor: number) =>
        joules(five[index]!, limit, { ...plans[index]!, [key]: plans[index]![key] * factor });
      return (at(1 + 1e-5) - at(1 - 1e-5)) / (2e-5 * plans[index]![key]);
    };
    const saved = five.map((_, index) => -slope(index, 'bandwidthHz'));
    for (const one of saved) assert.ok(Math.abs(one / saved[0]! - 1) < 1e-4, saved.join());
    five.forEach((_, index) => {
      // All of these plans are inside: neither power nor clock is at its limit.
      const perSecond = slope(index, 'uploadSeconds');
      const energy = joules(five[index]!, limit, plans[index]!);
      assert.ok(Math.abs(perSecond) * limit < 1e-4 * energy, `${perSecond} J/s of ${energy} J`);
    });
  });

  it('let everybody finish at the limit, within its power and its clock', () => {
    const allotments = yang2021.make({ limitSeconds: 8, snrMarginDb: 0 })(two, band)!;
    for (const one of two) {
      const { bandwidthHz: b, powerWatts, frequencyHz, plannedSeconds } = allotments[one.client]!;
      assert.ok(powerWatts < one.maxPowerWatts && frequencyHz! < 2e9);
      const upload = one.uploadBits / (b * Math.log2(1 + (one.gainHzPerWatt * powerWatts) / b));
      const computing = (one.computeSeconds * 2e9) / frequencyHz!;
      assert.ok(Math.abs(upload + computing - 8) < 1e-6, `${upload} + ${computing}`);
      assert.equal(plannedSeconds, 8);
    }
  });

  it('are those of least delay where the limit is shorter than that', () => {
    const soonest = minMaxDelay.make({ snrMarginDb: 0 })(two, band)!;
    assert.ok(soonest['far']!.plannedSeconds > 2.2);
    assert.deepEqual(yang2021.make({ limitSeconds: 2.2, snrMarginDb: 0 })(two, band), soonest);
  });

  it('let a device without a clock compute as it does, and use the rest of the time to send', () => {
    const clients = two.map((one) => ({ ...one, clock: null }));
    const allotments = yang2021.make({ limitSeconds: 8, snrMarginDb: 0 })(clients, band)!;
    const { frequencyHz, plannedSeconds, bandwidthHz: b, powerWatts } = allotments['far']!;
    assert.equal(frequencyHz, null);
    const upload = 1e6 / (b * Math.log2(1 + (1e6 * powerWatts) / b));
    // Without circuits the slowest transmission takes the least energy.
    assert.ok(Math.abs(upload - 6) < 1e-6 && Math.abs(plannedSeconds - 8) < 1e-6, `${upload} s`);
  });

  it('refuse a limit in which not all can be done', () => {
    assert.throws(() => plansWithin(2.2, two, bandwidthHz), /a band of 1000000 Hz is too narrow/);
  });
});

describe('the exponent of a slope', () => {
  it('solves 1 + (x − 1) e^x = y over twelve decades', () => {
    for (const x of [1e-5, 1e-3, 0.01, 0.5, 1, 5, 20]) {
      // The series is x²/2 + x³/3 + x⁴/8 + x⁵/30, exact to 1e-15 of it up to 0.01.
      const y = x <= 0.01 ? x ** 2 * (1 / 2 + x / 3 + x ** 2 / 8 + x ** 3 / 30) : 1 + (x - 1) * Math.exp(x);
      assert.ok(Math.abs(exponentFor(y) / x - 1) < 1e-8, `${x}: ${exponentFor(y)}`);
    }
  });
});

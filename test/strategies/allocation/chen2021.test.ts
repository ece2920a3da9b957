import assert from 'node:assert/strict';
import { chen2021, powerOn, uploadAt } from '../../../src/strategies/allocation/chen2021.js';
import { packetErrorRate } from '../../../src/strategies/allocation/packet-error.js';
import { candidate } from './candidates.js';

const waterfall = 10 ** 0.0023;
const band = { bandwidthHz: 3e6, blockFactors: [] };
const place = { bandwidthHz: 1e6, sinrPerWatt: 3 };
const limits = { limitSeconds: 100, limitJoules: 10, waterfall };
const options = { resourceBlocks: 3, limitSeconds: 100, limitJoules: 100, waterfallDb: 0.023 };

describe('the power of a client on a resource block', () => {
  it('is all it has where that keeps to the limits', () => {
    assert.equal(powerOn(place, candidate('a'), limits), 1);
  });

  it('is what spends the energy that is left after computing, else', () => {
    // Computing: 1e-28 · 2e9 cycles · (2e9)² = 0.8 J.
    const limitJoules = 1.1;
    const power = powerOn(place, candidate('a'), { ...limits, limitJoules })!;
    assert.ok(power < 1);
    assert.ok(Math.abs(uploadAt(power, candidate('a'), place).joules - 0.3) < 1e-9);
  });

  it('is the greatest of the two that spend it, where circuits make a slow transmission dear', () => {
    const one = candidate('a', { circuitPowerWatts: 0.05 });
    const power = powerOn(place, one, { ...limits, limitJoules: 1.3 })!;
    assert.ok(Math.abs(uploadAt(power, one, place).joules - 0.5) < 1e-9);
    assert.ok(uploadAt(power * 1.01, one, place).joules > 0.5);
    assert.ok(uploadAt(power * 0.99, one, place).joules < 0.5);
  });

  it('does not exist where computing takes all the energy, or the update all the time', () => {
    assert.equal(powerOn(place, candidate('a'), { ...limits, limitJoules: 0.8 }), null);
    const { seconds } = uploadAt(1, candidate('a'), place);
    assert.equal(powerOn(place, candidate('a'), { ...limits, limitSeconds: 1 + seconds * 0.999 }), null);
    assert.equal(powerOn(place, candidate('a'), { ...limits, limitSeconds: 1 + seconds * 1.001 }), 1);
  });

  it('gives the mean rate over Rayleigh fading: B e^(1/s) E1(1/s) / ln 2', () => {
    const mean = (steps: number) => {
      let sum = 0;
      for (let i = 0; i < steps; i++) sum += Math.log2(1 - 3 * Math.log((i + 0.5) / steps));
      return sum / steps;
    };
    const { seconds } = uploadAt(1, candidate('a'), place);
    assert.ok(Math.abs(1 / seconds - mean(1e6)) < 1e-4, `${1 / seconds}, ${mean(1e6)}`);
  });
});

describe('clients and resource blocks', () => {
  const clients = [1, 2, 3, 4, 5].map((n) =>
    candidate(`c${n}`, { gainHzPerWatt: n * 1e6, rows: 60 - 10 * n }),
  );

  it('are those of all choices that keep most rows', () => {
    const blockFactors = [1, 0.2, 0.05];
    const allotments = chen2021.make(options)(clients, { ...band, blockFactors })!;
    const worth = (client: number, block: number) => {
      const { gainHzPerWatt, rows } = clients[client]!;
      return rows * (1 - packetErrorRate(waterfall, (gainHzPerWatt * blockFactors[block]!) / 1e6));
    };
    let best = 0;
    for (let a = 0; a < 5; a++)
      for (let b = 0; b < 5; b++)
        for (let c = 0; c < 5; c++)
          if (a !== b && b !== c && a !== c) best = Math.max(best, worth(a, 0) + worth(b, 1) + worth(c, 2));
    let found = 0;
    for (const [client, { block, bandwidthHz, powerWatts, snrFactor, lossProbability }] of Object.entries(
      allotments,
    )) {
      const index = clients.findIndex((one) => one.client === client);
      found += worth(index, block! - 1);
      assert.deepEqual([bandwidthHz, powerWatts, snrFactor], [1e6, 1, blockFactors[block! - 1]]);
      assert.ok(Math.abs(clients[index]!.rows * (1 - lossProbability) - worth(index, block! - 1)) < 1e-9);
    }
    assert.equal(Object.keys(allotments).length, 3);
    assert.ok(Math.abs(found - best) < 1e-9, `${found}, the best of all is ${best}`);
  });

  it('leave out who cannot keep to the limits, though a block is free', () => {
    const some = [clients[0]!, candidate('slow', { computeSeconds: 200 })];
    assert.deepEqual(Object.keys(chen2021.make(options)(some, band)!), ['c1']);
  });

  it('are none where nobody can', () => {
    assert.deepEqual(chen2021.make({ ...options, limitSeconds: 0.5 })(clients, band), {});
  });
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/paths.js';
import { besselK1Times } from '../../../src/radio/channel/special-functions.js';
import { packetErrorRate } from '../../../src/strategies/allocation/packet-error.js';

interface Golden {
  readonly rates: readonly (readonly [number, number, number, number])[];
  readonly xK1: readonly (readonly [number, number])[];
}

const path = join(packageRoot(), 'test/golden/packet-error.json');
const golden = JSON.parse(readFileSync(path, 'utf8')) as Golden;

describe('the packet error rate over Rayleigh fading', () => {
  it('is what SciPy finds by quadrature', () => {
    for (const [sinr, quadrature] of golden.rates) {
      const found = packetErrorRate(10 ** 0.0023, sinr);
      assert.ok(Math.abs(found / quadrature - 1) < 1e-9, `${sinr}: ${found}, expected ${quadrature}`);
    }
  });

  it('is the mean over ten million drawn gains, within four standard errors', () => {
    for (const [sinr, , drawn, error] of golden.rates) {
      const found = packetErrorRate(10 ** 0.0023, sinr);
      assert.ok(Math.abs(found - drawn) < 4 * error, `${sinr}: ${found}, drawn ${drawn} ± ${error}`);
    }
  });

  it('stands on x K1(x), as SciPy has it', () => {
    for (const [x, expected] of golden.xK1) {
      assert.ok(Math.abs(besselK1Times(x) / expected - 1) < 1e-13, `${x}: ${besselK1Times(x)}`);
    }
    assert.equal(besselK1Times(0), 1);
  });
});

import assert from 'node:assert/strict';
import { ergodicCapacityBps } from '../../../src/radio/channel/closed-forms.js';
import { gainLaw } from '../../../src/radio/channel/fading/index.js';
import { capacityBps, ratioOfDecibels } from '../../../src/radio/channel/rate.js';
import { fullBufferShareOf, shareOf } from '../../../src/radio/channel/directions/sharing.js';
import { stream } from '../../../src/simulation/random/stream.js';

const bandwidthHz = 1e6;
const snr = ratioOfDecibels(5);
const rayleigh = gainLaw({ fading: 'rayleigh', ricianK: 3, nakagamiM: 2 });

function near(found: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(found - expected) <= tolerance, `${found}, expected ${expected} within ${tolerance}`);
}

/**
 * E[B log2(1 + snr max g)] over the best of so many Rayleigh gains. P(max > g) is the sum over k of
 * (-1)^(k+1) C(N, k) e^(-k g), and e^(-k g) is the law of an exponential gain of mean 1/k.
 */
function ergodicBpsOfBest(clients: number): number {
  let sum = 0;
  let choose = 1;
  for (let k = 1; k <= clients; k++) {
    choose *= (clients - k + 1) / k;
    sum += (k % 2 === 1 ? choose : -choose) * ergodicCapacityBps(bandwidthHz, snr / k);
  }
  return sum;
}

function proportionalFair(clients: number): (rank: number) => number {
  const { scheduled } = fullBufferShareOf('proportional-fair', 'uplink', clients);
  assert.ok(scheduled);
  return scheduled;
}

describe('a share of the band', () => {
  it('is what its name says, of bandwidth, ratio, power and time', () => {
    const all = { bandwidth: 1, snr: 1, power: 1, time: 1, scheduled: null };
    assert.deepEqual(shareOf('orthogonal', 10), all);
    assert.deepEqual(shareOf('split-power-kept', 10), { ...all, bandwidth: 0.1, snr: 10 });
    assert.deepEqual(shareOf('split-density-kept', 10), { ...all, bandwidth: 0.1, power: 0.1 });
    assert.deepEqual(shareOf('tdma', 10), { ...all, time: 0.1 });
  });

  it('is the whole band for a client alone', () => {
    const all = { bandwidth: 1, snr: 1, power: 1, time: 1, scheduled: null };
    for (const sharing of ['orthogonal', 'split-power-kept', 'split-density-kept', 'tdma'] as const) {
      assert.deepEqual(shareOf(sharing, 1), all);
    }
    for (const rank of [0, 0.3, 1]) assert.equal(proportionalFair(1)(rank), 1);
  });

  it('is all of the band where a scheduler divides it over those who send', () => {
    for (const sharing of ['equal', 'round-robin', 'proportional-fair', 'max-snr', 'min-max-delay']) {
      assert.deepEqual(shareOf(sharing, 10), shareOf('orthogonal', 10));
    }
  });

  it('of a scheduled band is, with full buffers, that of an equal part of band or time', () => {
    assert.deepEqual(fullBufferShareOf('equal', 'uplink', 10), shareOf('split-power-kept', 10));
    assert.deepEqual(fullBufferShareOf('equal', 'downlink', 10), shareOf('split-density-kept', 10));
    const density = { name: 'equal', power: 'density-kept' };
    assert.deepEqual(fullBufferShareOf(density, 'uplink', 10), shareOf('split-density-kept', 10));
    assert.deepEqual(fullBufferShareOf('round-robin', 'uplink', 10), shareOf('tdma', 10));
    assert.deepEqual(fullBufferShareOf('tdma', 'uplink', 10), shareOf('tdma', 10));
  });

  it('refuses an impossible number of clients', () => {
    for (const clients of [0, -1, 1.5, NaN, Infinity]) {
      assert.throws(
        () => shareOf('tdma', clients),
        /^RangeError: a band is shared by .* expected an integer/,
      );
    }
  });

  it('carries what the reference says of ten clients on a split band', () => {
    const mean = (sharing: 'split-power-kept' | 'split-density-kept' | 'tdma') => {
      const share = shareOf(sharing, 10);
      return share.time * ergodicCapacityBps(bandwidthHz * share.bandwidth, snr * share.snr);
    };
    // Shared reference channel.json: splitBandTenClients; a tenth of ergodicCapacity at 5 dB.
    near(mean('split-power-kept'), 433020.033, 5e-4);
    near(mean('split-density-kept'), 171597.4, 0.05);
    near(mean('tdma'), 171597.4, 0.05);
  });
});

describe('the full-buffer law of proportional-fair sharing', () => {
  it('gives each of N clients one block of N', () => {
    for (const clients of [1, 2, 5, 10, 40]) {
      const scheduled = proportionalFair(clients);
      near(
        rayleigh.mean((gain) => scheduled(rayleigh.cdf(gain))),
        1 / clients,
        1e-7,
      );
    }
  });

  it('carries what the best of N Rayleigh gains carries, shared by N', () => {
    for (const clients of [1, 2, 5, 10]) {
      const scheduled = proportionalFair(clients);
      const mean = rayleigh.mean(
        (gain) => scheduled(rayleigh.cdf(gain)) * capacityBps(bandwidthHz, snr, gain),
      );
      near(mean, ergodicBpsOfBest(clients) / clients, 0.5);
      const overTdma = (mean * clients) / ergodicCapacityBps(bandwidthHz, snr);
      assert.ok(clients === 1 ? Math.abs(overTdma - 1) < 1e-6 : overTdma > 1.2);
    }
  });

  it('draws the blocks that a scheduler of the best of four would give', () => {
    const count = 100_000;
    const draws = stream(1, 'proportional-fair');
    const scheduled = proportionalFair(4);
    const own: number[] = [];
    for (let block = 0; block < count; block++) {
      const gain = rayleigh.draw(draws);
      if (draws.uniform() < scheduled(rayleigh.cdf(gain))) own.push(gain);
    }
    near(own.length / count, 1 / 4, 3 * Math.sqrt((1 / 4) * (3 / 4) * (1 / count)));
    // The best of four gains has the law (1 - e^-g)^4: Kolmogorov and Smirnov at the level of 0.1 %.
    const distance = own
      .sort((a, b) => a - b)
      .reduce((greatest, gain, index) => {
        const expected = (1 - Math.exp(-gain)) ** 4;
        const [below, above] = [index / own.length, (index + 1) / own.length];
        return Math.max(greatest, Math.abs(expected - below), Math.abs(expected - above));
      }, 0);
    assert.ok(distance < 1.95 / Math.sqrt(own.length), `distance ${distance}`);
  });

  it('breaks the ties of a constant gain evenly, its rank drawn over the jump', () => {
    const count = 100_000;
    const draws = stream(2, 'ties');
    const scheduled = proportionalFair(10);
    let own = 0;
    for (let block = 0; block < count; block++) {
      if (draws.uniform() < scheduled(draws.uniform())) own += 1;
    }
    near(own / count, 0.1, 3 * Math.sqrt((0.1 * 0.9) / count));
  });
});

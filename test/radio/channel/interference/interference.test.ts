import assert from 'node:assert/strict';
import { linksOf } from '../../../../src/radio/channel/link.js';
import { blockFactors } from '../../../../src/radio/channel/interference/levels.js';
import { channelWith } from '../a-link.js';
import { cell } from '../large-scale/a-cell.js';

const clients = ['client-1'];
type Changes = Parameters<typeof channelWith>[0];
const linkOf = (changes: Changes, index = 0) =>
  linksOf({ seed: 1, channel: channelWith(changes) }, clients)[index]!;
const near = (found: number, expected: number) =>
  assert.ok(Math.abs(found / expected - 1) < 1e-9, `${found}, expected ${expected}`);

/** Free space at 2 GHz from an antenna at 25 m to one at 1.5 m: (4 π d f / c)², as a ratio. */
const freeSpace = (meters: number) => ((4 * Math.PI * Math.hypot(meters, 23.5) * 2e9) / 299792458) ** 2;
const noiseWatts = 10 ** ((-174 + 7 - 30) / 10) * 1e6;
const here = { ...cell, pathLoss: 'free-space' as const, positions: [[300, 0]], shadowingDb: 0 };

describe('interference', () => {
  it('makes an SINR of an SNR: as strong as the noise, it takes 3.01 dB', () => {
    near(linkOf({ uplink: { interference: { aboveNoiseDb: 0 } } }).snr.ratioAt(0), 10 ** 0.5 / 2);
  });

  it('in a cell is P g / (I + N0 B)', () => {
    const uplink = { powerWatts: 0.2, bandwidthHz: 1e6, interference: { dbm: -100 } };
    const link = linkOf({ cell: here, carrierHz: 2e9, uplink });
    near(link.snr.ratioAt(0), 0.2 / freeSpace(300) / (1e-13 + noiseWatts));
  });

  it('of other cells is the sum of what their transmitters send, by their activity, at the receiver’s distance', () => {
    const transmitters = [
      { position: [500, 0], powerWatts: 0.1, activity: 0.5 },
      { position: [0, -400], powerWatts: 0.3, activity: 1 },
    ];
    const side = { powerWatts: 0.2, bandwidthHz: 1e6, interference: { transmitters } };
    const changes = { cell: here, carrierHz: 2e9, uplink: side, downlink: side };
    const received = 0.2 / freeSpace(300);
    const atServer = 0.05 / freeSpace(500) + 0.3 / freeSpace(400);
    near(linkOf(changes, 0).snr.ratioAt(0), received / (atServer + noiseWatts));
    const atClient = 0.05 / freeSpace(200) + 0.3 / freeSpace(500);
    near(linkOf(changes, 1).snr.ratioAt(0), received / (atClient + noiseWatts));
  });

  it('of resource blocks is in the mean that of the band, and each block’s is its own', () => {
    const interference = { aboveNoiseDb: [0, 10] };
    const { snr, blockFactors: factors } = linkOf({ uplink: { interference } });
    near(snr.ratioAt(0), 10 ** 0.5 / (1 + 5.5));
    near(snr.ratioAt(0) * factors[0]!, 10 ** 0.5 / (1 + 1));
    near(snr.ratioAt(0) * factors[1]!, 10 ** 0.5 / (1 + 10));
  });

  it('in dBm of a block meets the noise of that block alone', () => {
    // Noise of -100 dBm in the band is -103.01 dBm in each half of it.
    const halves = blockFactors({ dbm: [-103.01029995663981, -100] }, -100);
    near(halves[0]! / halves[1]!, (1 + 2) / (1 + 1));
  });
});

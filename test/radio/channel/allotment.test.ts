import assert from 'node:assert/strict';
import { attemptsAt } from '../../../src/radio/channel/attempts.js';
import { withAllotment } from '../../../src/radio/channel/changes.js';
import { linksOf } from '../../../src/radio/channel/link.js';
import { channelWith } from './a-link.js';

const message = { kind: 'update', step: '1.3', stage: 'instruction', round: 1 } as const;
const steady = channelWith({ fading: 'none', lossProbability: 0.5, uplink: { meanSnrDb: 0 } });
const [link] = linksOf({ seed: 1, channel: steady }, ['client-1']);
const allotment = {
  ...{ bandwidthHz: 5e5, powerWatts: 0.5, frequencyHz: null, block: null, snrFactor: 1 },
  ...{ lossProbability: 0, plannedSeconds: 1 },
};

describe('a link with an allotment', () => {
  it('has half of the rate for the same energy with half of band and power: the SNR stays', () => {
    const half = withAllotment(link!, allotment);
    assert.ok(Math.abs(half.snr.ratioAt(0) - 1) < 1e-12);
    // 1 Mbit at log2(1 + 1) = 1 bit/s/Hz over 0.5 MHz, at 0.5 W.
    const [attempt] = attemptsAt(1e6, half, message, 0);
    assert.ok(Math.abs(attempt!.onAirSeconds - 2) < 1e-9 && Math.abs(attempt!.transmitJoules - 1) < 1e-9);
  });

  it('has the SNR of a narrower band at the same power, times the factor of its block', () => {
    const narrow = withAllotment(link!, { ...allotment, powerWatts: 1, snrFactor: 3 });
    assert.ok(Math.abs(narrow.snr.ratioAt(0) - 6) < 1e-12);
  });

  it('loses what either the link or the allotment loses', () => {
    assert.equal(withAllotment(link!, { ...allotment, lossProbability: 0.5 }).lossProbability, 0.75);
  });
});

import assert from 'node:assert/strict';
import { attemptsAt } from '../../../src/radio/channel/attempts.js';
import { channelRules } from '../../../src/radio/channel/relations.js';
import { broken } from '../../../src/settings/rule.js';
import { cell } from './large-scale/a-cell.js';
import { channelWith, linksWith, messageOf, uplinkWith, type ChannelChanges } from './a-link.js';

function near(found: number, expected: number, tolerance = 1e-9): void {
  const error = Math.abs(found / expected - 1);
  assert.ok(error <= tolerance, `${found}, expected ${expected}`);
}

const decibels = (ratio: number) => 10 * Math.log10(ratio);

/** Path loss 128.1 + 37.6 log10(d / km) at 2 GHz; noise of 1 MHz: -174 + 60 + 7 = -107 dBm. */
function cellOf(...distances: readonly number[]) {
  const positions = distances.map((meters): [number, number] => [meters, 0]);
  return { ...cell, positions, radiusMeters: 2000, shadowingDb: 0 };
}

const resourceBlocksDb = decibels(1e6 / 180e3);

describe('power control', () => {
  it('is all of the power unless a scenario says otherwise', () => {
    assert.equal(uplinkWith({ uplink: { powerWatts: 2, referencePowerWatts: null } }).powerWatts, 2);
  });

  it('follows the path loss by 3GPP’s open loop as "fractional"', () => {
    const powerControl = { name: 'fractional', p0Dbm: -80, alpha: 0.8 };
    const { powerWatts, snr } = uplinkWith({ cell: cellOf(100), uplink: { powerControl } });
    const pathLossDb = 128.1 - 37.6;
    const powerDbm = -80 + resourceBlocksDb + 0.8 * pathLossDb;
    near(powerWatts, 10 ** (powerDbm / 10) / 1000);
    near(decibels(snr.ratioAt(0)), powerDbm - pathLossDb + 107);
  });

  it('gives every client one mean SNR with alpha 1, and full power beyond its reach', () => {
    const powerControl = { name: 'fractional', p0Dbm: -100, alpha: 1 };
    const links = linksWith({ cell: cellOf(50, 200, 2000), uplink: { powerControl } }, { clients: 3 });
    const [near50, near200, far] = links.filter(({ direction }) => direction === 'uplink');
    near(decibels(near50!.snr.ratioAt(0)), -100 + resourceBlocksDb + 107);
    near(decibels(near200!.snr.ratioAt(0)), -100 + resourceBlocksDb + 107);
    assert.ok(near50!.powerWatts < near200!.powerWatts);
    near(far!.powerWatts, 1);
    near(decibels(far!.snr.ratioAt(0)), 30 - (128.1 + 37.6 * Math.log10(2)) + 107);
  });

  it('takes no more than its target needs as "target-snr", over the share of the band', () => {
    const powerControl = { name: 'target-snr', targetSnrDb: 2 };
    const link = uplinkWith({
      uplink: { powerControl, meanSnrDb: 12, powerWatts: 2, referencePowerWatts: null },
    });
    near(link.powerWatts, 0.2);
    near(decibels(link.snr.ratioAt(0)), 2);
    const split = {
      powerControl,
      meanSnrDb: 2,
      powerWatts: 2,
      referencePowerWatts: null,
      sharing: 'split-power-kept' as const,
    };
    near(uplinkWith({ uplink: split }, { clients: 10 }).powerWatts, 0.2);
    const weak = uplinkWith({
      uplink: { powerControl, meanSnrDb: -3, powerWatts: 2, referencePowerWatts: null },
    });
    near(weak.powerWatts, 2);
    near(decibels(weak.snr.ratioAt(0)), -3);
  });

  it('is what the transmitter’s energy follows', () => {
    const powerControl = { name: 'target-snr', targetSnrDb: 2 };
    const link = uplinkWith({ uplink: { powerControl, meanSnrDb: 12 } });
    const [attempt] = attemptsAt(1e7, link, messageOf(1), 0);
    near(attempt!.transmitJoules, 0.1 * attempt!.onAirSeconds);
  });

  it('follows a client that moves: the power is that of each block', () => {
    const mobility = {
      minSpeedMetersPerSecond: 20,
      maxSpeedMetersPerSecond: 20,
      pauseSeconds: 0,
    };
    const cell = { ...cellOf(300), positions: null, radiusMeters: 400, mobility };
    const powerControl = { name: 'target-snr', targetSnrDb: 2 };
    const changes: ChannelChanges = { cell, fading: 'none' };
    const free = uplinkWith(changes);
    const link = uplinkWith({ ...changes, uplink: { powerControl } });
    const bits = 1e6 * Math.log2(1 + 10 ** 0.2) * 0.05 * 400;
    const [attempt] = attemptsAt(bits, link, messageOf(1), 0);
    near(attempt!.seconds, 20);
    let joules = 0;
    for (let block = 0; block < 400; block++) joules += (0.05 * 10 ** 0.2) / free.snr.ratioAt(0.05 * block);
    near(attempt!.transmitJoules, joules, 1e-6);
  });

  it('is refused where it has nothing to go by', () => {
    const found = (changes: ChannelChanges) =>
      broken(channelRules, { seed: 1, channel: channelWith(changes), clients: { count: 1 } }, null).map(
        ({ pointer }) => pointer,
      );
    assert.deepEqual(found({ uplink: { powerControl: 'fractional' } }), ['/channel/uplink/powerControl']);
    assert.deepEqual(found({ downlink: { powerControl: 'target-snr', cast: 'broadcast' } }), [
      '/channel/downlink/powerControl',
    ]);
  });

  it('counts where a fixed rate has to be carried', () => {
    const powerControl = { name: 'target-snr', targetSnrDb: -20 };
    const changes = { rate: 'fixed', fixedRateBps: 2e6, uplink: { powerControl } } as const;
    const problems = broken(
      channelRules,
      { seed: 1, channel: channelWith(changes), clients: { count: 1 } },
      null,
    );
    assert.deepEqual(
      problems.map(({ pointer }) => pointer),
      ['/channel/fixedRateBps'],
    );
  });
});

import assert from 'node:assert/strict';
import { linksWith, uplinkWith } from './a-link.js';

describe('the links of a scenario', () => {
  it('are an uplink and a downlink for each client, with the setting of their direction', () => {
    const links = linksWith(
      { uplink: { powerWatts: 2 }, downlink: { powerWatts: 20, lossProbability: 0.3 }, lossProbability: 0.1 },
      { clients: 2 },
    );
    assert.deepEqual(
      links.map((link) => [
        link.id,
        link.client,
        link.sender,
        link.recipient,
        link.powerWatts,
        link.lossProbability,
      ]),
      [
        ['client-1/uplink', 1, 'client-1', 'server', 2, 0.1],
        ['client-1/downlink', 1, 'server', 'client-1', 20, 0.3],
        ['client-2/uplink', 2, 'client-2', 'server', 2, 0.1],
        ['client-2/downlink', 2, 'server', 'client-2', 20, 0.3],
      ],
    );
  });

  it('have their share of band, ratio, power and time', () => {
    const share = (sharing: 'orthogonal' | 'split-power-kept' | 'split-density-kept' | 'tdma') => {
      const uplink = { sharing, meanSnrDb: 0, powerWatts: 4, referencePowerWatts: 4 };
      const { bandwidthHz, snr, powerWatts, timeShare } = uplinkWith({ uplink }, { clients: 4 });
      return [bandwidthHz, snr.ratioAt(0), powerWatts, timeShare];
    };
    assert.deepEqual(share('orthogonal'), [1e6, 1, 4, 1]);
    assert.deepEqual(share('split-power-kept'), [2.5e5, 4, 4, 1]);
    assert.deepEqual(share('split-density-kept'), [2.5e5, 1, 1, 1]);
    assert.deepEqual(share('tdma'), [1e6, 1, 4, 0.25]);
  });

  it('have blocks by rank under proportional fairness with full buffers, 1/N of them where nothing fades', () => {
    const uplink = { sharing: 'proportional-fair' as const };
    const around = { clients: 4, fullBuffers: true };
    assert.equal(uplinkWith({ uplink }, around).scheduled!(0.5), 0.125);
    assert.equal(uplinkWith({ uplink, fading: 'none' }, around).scheduled!(1), 0.25);
  });

  it('know the law of their blocks only where all blocks have the same', () => {
    assert.notEqual(uplinkWith().moments, null);
    assert.equal(uplinkWith({ correlation: 'jakes' }).moments, null);
    const blackout = { effect: 'blackout' as const, fromSeconds: 1, toSeconds: 2 };
    assert.equal(uplinkWith({ faults: [blackout] }).moments, null);
    assert.notEqual(uplinkWith({ faults: [{ ...blackout, client: 2 }] }, { clients: 2 }).moments, null);
  });

  it('have bursts of losses of their own', () => {
    const gilbertElliott = { lossGood: 0, lossBad: 1, goodSeconds: 1, badSeconds: 1, fadeGain: null };
    const [one, other] = linksWith({ gilbertElliott }).map(({ bursts }) =>
      Array.from({ length: 100 }, (_, i) => bursts!.path.isBad(i)),
    );
    assert.notDeepEqual(one, other);
    assert.equal(uplinkWith().bursts, null);
  });

  it('are the same whoever else is there, but for their share', () => {
    const gains = (clients: number) => {
      const { path } = uplinkWith({ correlation: 'gauss-markov' }, { clients });
      return Array.from({ length: 50 }, (_, block) => path.gainAt(block));
    };
    assert.deepEqual(gains(5), gains(1));
  });

  it('broadcast only downwards, and only where the scenario says so', () => {
    const isBroadcast = (cast: 'unicast' | 'broadcast') =>
      linksWith({ downlink: { cast } }).map((link) => link.isBroadcast);
    assert.deepEqual(isBroadcast('broadcast'), [false, true]);
    assert.deepEqual(isBroadcast('unicast'), [false, false]);
  });
});

import assert from 'node:assert/strict';
import { linksOf } from '../../../src/radio/channel/link.js';
import { channelRules } from '../../../src/radio/channel/relations.js';
import { meanLink } from '../../../src/radio/payload/mean-link.js';
import { cost } from '../../../src/records/invariants/cost.js';
import { delayLaw } from '../../../src/records/report/closed-form-delay.js';
import { checkForm } from '../../../src/scenario/validate.js';
import { problemLine } from '../../../src/settings/problem.js';
import { broken } from '../../../src/settings/rule.js';
import { linkEvents } from '../../actors/link-events.js';
import { channelWith, linksWith, type ChannelChanges } from './a-link.js';
import { cell } from './large-scale/a-cell.js';

const decibels = (ratio: number) => 10 * Math.log10(ratio);
const snrsDb = (changes: ChannelChanges, clients = 3) =>
  linksWith(changes, { clients })
    .filter(({ direction }) => direction === 'uplink')
    .map(({ snr }) => decibels(snr.ratioAt(0)));

function near(found: readonly number[], expected: readonly number[]) {
  assert.equal(found.length, expected.length);
  found.forEach((value, index) =>
    assert.ok(Math.abs(value - expected[index]!) < 1e-9, `${found.join()}, expected ${expected.join()}`),
  );
}

/** What form and rules say of three clients with this channel. */
function said(channel: object): string[] {
  const { scenario, problems } = checkForm({ name: 'x', clients: { count: 3 }, channel });
  const found = scenario === null ? problems : broken(channelRules, scenario, null);
  return found.map((problem) => problemLine('x.json', problem));
}

function refuses(channel: object, pattern: RegExp) {
  const lines = said(channel);
  assert.equal(lines.length, 1, lines.join('\n') || 'nothing was refused');
  assert.match(lines[0]!, pattern);
}

describe('the mean SNR that a scenario states', () => {
  it('grows with the power and falls with the bandwidth', () => {
    // 5 dB at 1 W over 1 MHz: 10 W is 10 dB more, 4 MHz 6.0206 dB less.
    near(snrsDb({ uplink: { powerWatts: 10 } }, 1), [15]);
    near(snrsDb({ uplink: { bandwidthHz: 4e6 } }, 1), [5 - 10 * Math.log10(4)]);
    near(snrsDb({ uplink: { powerWatts: 0.1, bandwidthHz: 1e5 } }, 1), [5]);
  });

  it('holds at the references that the scenario gives, and at any where they are null', () => {
    near(snrsDb({ uplink: { powerWatts: 2, referencePowerWatts: 0.2 } }, 1), [15]);
    near(snrsDb({ uplink: { bandwidthHz: 180e3, referenceBandwidthHz: 180e3 } }, 1), [5]);
    const any = { referencePowerWatts: null, referenceBandwidthHz: null };
    near(snrsDb({ uplink: { powerWatts: 7, bandwidthHz: 3e6, ...any } }, 1), [5]);
  });

  it('is that of the whole band before it is shared', () => {
    // B/N of the band with all of the power is N times the ratio; with 1/N of the power, the same.
    const band = { bandwidthHz: 2e6, powerWatts: 2 };
    near(snrsDb({ uplink: { ...band, sharing: 'split-power-kept' } }), Array(3).fill(5 + decibels(3)));
    near(snrsDb({ uplink: { ...band, sharing: 'split-density-kept' } }), [5, 5, 5]);
    near(snrsDb({ uplink: { ...band, sharing: 'tdma' } }), [5, 5, 5]);
  });

  it('falls with distance by a power law', () => {
    const distanceLaw = { distanceMeters: [100, 200, 1000], exponent: 3, referenceMeters: 100 };
    near(snrsDb({ distanceLaw }), [5, 5 - 30 * Math.log10(2), -25]);
  });
});

describe('values of each client', () => {
  it('make its links', () => {
    const uplink = { meanSnrDb: [0, 5, 10], powerWatts: [1, 2, 4], bandwidthHz: [1e6, 2e6, 1e6] };
    near(snrsDb({ uplink }), [0, 5, 10 + decibels(4)]);
    const links = linksWith({ uplink }, { clients: 3 }).filter(({ direction }) => direction === 'uplink');
    assert.deepEqual(
      links.map(({ powerWatts, bandwidthHz }) => [powerWatts, bandwidthHz]),
      [
        [1, 1e6],
        [2, 2e6],
        [4, 1e6],
      ],
    );
  });

  it('are drawn alike for both directions of a mean SNR, and apart for power', () => {
    const side = { meanSnrDb: { uniform: [0, 20] }, powerWatts: { uniform: [0.1, 2] } };
    const any = { referencePowerWatts: null };
    const links = linksWith({ uplink: { ...side, ...any }, downlink: { ...side, ...any } }, { clients: 3 });
    const [up, down, other] = links;
    assert.equal(up!.snr.ratioAt(0), down!.snr.ratioAt(0));
    assert.notEqual(up!.snr.ratioAt(0), other!.snr.ratioAt(0));
    assert.notEqual(up!.powerWatts, down!.powerWatts);
  });

  it('are the same whoever else is there', () => {
    const changes = { uplink: { meanSnrDb: { normal: { mean: 5, sd: 4 } } } };
    near(snrsDb(changes, 2), snrsDb(changes, 5).slice(0, 2));
  });

  it('put clients of a cell at their distances', () => {
    // 23.01 dBm - (128.1 + 37.6 log10 d/km) + 107 dB over 1 MHz
    const changes = {
      cell: { ...cell, shadowingDb: 0, distanceMeters: [50, 100, 250] },
      uplink: { powerWatts: 0.2 },
    };
    const expected = [0.05, 0.1, 0.25].map((km) => 23.0102999566 + 107 - 128.1 - 37.6 * Math.log10(km));
    snrsDb(changes).forEach((value, index) => assert.ok(Math.abs(value - expected[index]!) < 1e-6));
  });

  it('cost each its own power', async () => {
    const channel = channelWith({ uplink: { powerWatts: [1, 5] } });
    const links = linksOf({ seed: 1, channel }, ['client-1', 'client-2']);
    const log = await linkEvents(links, [{ afterSeconds: 0, bits: 1e6, link: links[2]! }]);
    const check = (powerWatts: number[]) => {
      const checked = {
        seed: 1,
        channel: channelWith({ uplink: { powerWatts } }),
        clients: { count: 2, devices: [] },
      };
      const checker = cost(checked);
      log.forEach((event) => checker.onBus!(event));
    };
    check([1, 5]);
    assert.throws(() => check([5, 1]), /spent .* at 1 W/);
  });

  it('leave no one closed form for all', () => {
    const of = (uplink: ChannelChanges['uplink']) => {
      const channel = channelWith({ ...(uplink && { uplink }) });
      const scenario = { seed: 1, channel, clients: { count: 2, devices: [] } };
      return {
        link: meanLink(scenario, 'uplink'),
        law: delayLaw(1e6, scenario, 'uplink', ['client-1', 'client-2']),
      };
    };
    const alike = of({ meanSnrDb: [5, 5] });
    assert.ok(Math.abs(alike.link.meanRateBps! / 1.715974e6 - 1) < 1e-6);
    assert.ok('law' in alike.law);
    const different = of({ meanSnrDb: [5, 6] });
    assert.deepEqual([different.link.meanRateBps, different.link.meanSnrDb], [null, null]);
    assert.match(different.link.why!, /of its own/);
    assert.match('why' in different.law ? different.law.why : '', /of its own/);
  });
});

describe('rules of what each client has', () => {
  it('take numbers, lists and distributions', () => {
    const uplink = {
      meanSnrDb: { normal: { mean: 5, sd: 3, from: -10, to: 20 } },
      powerWatts: { lognormal: { median: 0.2, sigma: 0.5 } },
      bandwidthHz: [1e6, 2e6, 3e6],
    };
    assert.deepEqual(said({ uplink, distanceLaw: { distanceMeters: { uniform: [10, 300] } } }), []);
    assert.deepEqual(said({ cell: { distanceMeters: { uniform: [10, 250] } } }), []);
  });

  it('ask for a value of every client', () => {
    refuses(
      { uplink: { powerWatts: [1, 2] } },
      /\/channel\/uplink\/powerWatts: is \[1,2\], expected a list of 3 numbers, one for each client \(2 given\)/,
    );
    refuses(
      { distanceLaw: { distanceMeters: [1] } },
      /\/channel\/distanceLaw\/distanceMeters: .*a list of 3 numbers/,
    );
  });

  it('name the client whose value is out of this world', () => {
    refuses(
      { uplink: { meanSnrDb: [5, 99, 5] } },
      /\/channel\/uplink\/meanSnrDb\/1: is 99 for client-2, expected -30 to 60 dB/,
    );
    refuses(
      { downlink: { powerWatts: { normal: { mean: 2000, sd: 1 } } } },
      /\/channel\/downlink\/powerWatts: is \d+(\.\d+)? for client-1, expected 0\.000001 to 1000 watts|1e-6 to 1000/,
    );
    refuses(
      { cell: { distanceMeters: [20, 30, 400] } },
      /\/channel\/cell\/distanceMeters\/2: is 400 for client-3, expected 0 to 250 meters/,
    );
  });

  it('ask for bounds in their order', () => {
    refuses(
      { uplink: { meanSnrDb: { uniform: [5, 1] } } },
      /\/uniform: is \[5,1\], expected the lower bound first/,
    );
    refuses(
      { uplink: { meanSnrDb: { normal: { mean: 5, sd: 1, from: 6 } } } },
      /\/normal: .*expected mean between from and to/,
    );
  });

  it('say what is wrong inside a distribution', () => {
    refuses(
      { uplink: { powerWatts: { uniform: [0, 1] } } },
      /\/powerWatts\/uniform\/0: is 0, expected a number/,
    );
    refuses({ uplink: { powerWatts: { lognormal: { median: 1 } } } }, /\/lognormal\/sigma: is missing/);
  });

  it('leave a band that is shared, and a broadcast, one band', () => {
    refuses(
      { uplink: { bandwidthHz: [1e6, 2e6, 1e6], sharing: 'tdma' } },
      /expected one number where the sharing of the uplink is "tdma"/,
    );
    refuses({ downlink: { powerWatts: [1, 2, 1], cast: 'broadcast' } }, /one number where the downlink is/);
  });

  it('refuse a rate that not even the best client carries', () => {
    const channel = { fading: 'none', rate: 'fixed', downlink: { meanSnrDb: 30 } };
    // Capacity at 5 dB over 1 MHz: 2.057 Mbit/s.
    const uplink = { meanSnrDb: [-5, 5, 0] };
    assert.deepEqual(said({ ...channel, uplink, fixedRateBps: 2e6 }), []);
    refuses(
      { ...channel, uplink, fixedRateBps: 2.1e6 },
      /at most 2057000 bits per second.*of the best uplink/,
    );
  });

  it('know distances of a cell from those without one', () => {
    refuses({ cell: {}, distanceLaw: {} }, /\/channel\/distanceLaw: .*expected null where there is a cell/);
  });
});

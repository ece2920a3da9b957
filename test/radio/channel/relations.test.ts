import assert from 'node:assert/strict';
import { problemLine } from '../../../src/settings/problem.js';
import { channelRules } from '../../../src/radio/channel/relations.js';
import { broken } from '../../../src/settings/rule.js';
import { checkForm } from '../../../src/scenario/validate.js';

/** What the form and then the rules say of a scenario with these settings of its channel and five clients. */
function said(channel: object, clients: object = { count: 5 }): string[] {
  const { scenario, problems } = checkForm({ name: 'x', clients, channel });
  const found = scenario === null ? problems : broken(channelRules, scenario, null);
  return found.map((problem) => problemLine('x.json', problem));
}

/** One problem, at this pointer, that says this. */
function refuses(channel: object, pointer: string, reason: RegExp): void {
  const lines = said(channel);
  assert.equal(lines.length, 1, lines.join('\n') || 'nothing was refused');
  assert.ok(lines[0]!.startsWith(`x.json: ${pointer}: `), lines[0]);
  assert.match(lines[0]!, reason);
}

function accepts(...channels: readonly object[]): void {
  for (const channel of channels) assert.deepEqual(said(channel), []);
}

const both = (link: object) => ({ uplink: link, downlink: link });

describe('rules of the radio link', () => {
  it('state what they hold to, each in words of its own', () => {
    assert.deepEqual(said({}), []);
    assert.equal(new Set(channelRules.map(({ states }) => states)).size, channelRules.length);
  });

  it('a trace comes from a file, and has its own correlation', () => {
    accepts({ fading: 'trace', traceFile: 'gains.csv' }, { correlation: 'jakes' });
    refuses(
      { fading: 'trace' },
      '/channel/traceFile',
      /is null, expected a CSV file where fading is "trace"/,
    );
    accepts({ fading: 'trace', traceFile: ['1.csv', '2.csv', '3.csv', '4.csv', '5.csv'] });
    refuses(
      { fading: 'trace', traceFile: ['1.csv', '2.csv'] },
      '/channel/traceFile',
      /expected a list of 5 files, one for each client; or one name with \{client\} in it/,
    );
    refuses(
      { traceFile: 'gains.csv' },
      '/channel/traceFile',
      /expected null where fading is "rayleigh"; set \/channel\/fading to "trace"/,
    );
    refuses(
      { fading: 'trace', traceFile: 'gains.csv', correlation: 'jakes' },
      '/channel/correlation',
      /expected "independent" where fading is "trace"; a trace has its own/,
    );
    refuses(
      { fading: 'none', correlation: 'gauss-markov' },
      '/channel/correlation',
      /where fading is "none"; a constant gain has none/,
    );
  });

  it('antennas and noise are of this world, so that a budget has a ratio', () => {
    const free = { radiusMeters: 250, pathLoss: 'free-space' };
    accepts({ cell: free });
    for (const key of ['baseHeightMeters', 'clientHeightMeters', 'noiseDensityDbmPerHz', 'noiseFigureDb']) {
      refuses(
        { cell: { ...free, [key]: 1e300 } },
        `/channel/cell/${key}`,
        /is 1e\+300, expected -?\d+ to \d+ /,
      );
    }
  });

  it('the gain reaches the cutoff now and then', () => {
    accepts(
      { rate: 'cutoff', cutoffGain: 0 },
      { rate: 'cutoff', fading: 'none', cutoffGain: 1 },
      { rate: 'capacity', cutoffGain: 1000 },
      { rate: 'inversion', cutoffGain: 9.2 },
      // P(G >= 9.5) is 7e-5 for Rayleigh, and more for a heavier tail.
      { rate: 'cutoff', cutoffGain: 9.5, fading: 'nakagami', nakagamiM: 0.5 },
    );
    const pointer = '/channel/cutoffGain';
    refuses({ rate: 'inversion', cutoffGain: 0 }, pointer, /expected above 0 where rate is "inversion"/);
    refuses({ rate: 'cutoff', fading: 'none', cutoffGain: 1.1 }, pointer, /at most 1 where fading is "none"/);
    // e^-9.5 is 7.485e-5.
    refuses({ rate: 'cutoff', cutoffGain: 9.5 }, pointer, /one block in 10,000 .* probability 0\.00007485;/);
    refuses({ rate: 'inversion', cutoffGain: 1e9 }, pointer, /probability 0; .*nothing is ever sent$/);
  });

  it('a fixed rate is one that the link carries now and then', () => {
    const fixed = (fixedRateBps: number, more: object = {}) => ({ rate: 'fixed', fixedRateBps, ...more });
    const pointer = '/channel/fixedRateBps';
    // Shared reference channel.json: awgnCapacityMbps is 2.057373 at 5 dB.
    accepts(fixed(2.05737e6, { fading: 'none' }), { fading: 'none', fixedRateBps: 1e9 });
    const lines = said(fixed(2.05738e6, { fading: 'none' }));
    assert.deepEqual(
      lines.map(
        (line) => /at most 2057000 bits per second, the capacity of the (\w+); nothing/.exec(line)?.[1],
      ),
      ['uplink', 'downlink'],
    );
    // 2^R - 1 > 9.21 snr from R = 4.912 on: P(outage) is 0.9999 there, at 6 Mbit/s 1 - e^(-63/3.1623).
    accepts(fixed(4.9e6), fixed(1e9, { cell: {} }));
    const [uplink] = said(fixed(4.95e6));
    assert.match(uplink!, /the uplink carries in one block of 10,000: outage has probability 0\.9999\d+ at/);
    const better = { uplink: { meanSnrDb: 20 } };
    refuses(fixed(4.95e6, better), pointer, /the downlink carries/);
  });

  it('a fixed rate may be what all attempts carry together where they are combined', () => {
    const fixed = (retransmission: string, fixedRateBps: number) => ({
      rate: 'fixed',
      fading: 'none',
      maxTransmissions: 4,
      retransmission,
      fixedRateBps,
    });
    // log2(1 + 4 snr) is 3.7707, 4 log2(1 + snr) is 8.2295.
    accepts(fixed('harq-chase', 3.77e6), fixed('harq-ir', 8.22e6));
    assert.equal(said(fixed('arq', 3.76e6)).length, 2);
    assert.match(said(fixed('harq-chase', 3.78e6))[0]!, /at most 3771000 .* of 4 attempts combined;/);
    assert.match(said(fixed('harq-ir', 8.24e6))[0]!, /at most 8229000 .* of 4 attempts combined;/);
  });

  it('a fixed rate is held to the client’s share of the band', () => {
    const fixed = { rate: 'fixed', fading: 'none', fixedRateBps: 5e5 };
    // A fifth of the band: log2(1 + 5 snr) / 5 is 0.8143 Mbit/s with all of the power, and
    // log2(1 + snr) / 5 is 0.4115 Mbit/s with a fifth of it.
    accepts({ ...fixed, ...both({ sharing: 'split-power-kept' }) });
    assert.match(said({ ...fixed, ...both({ sharing: 'split-density-kept' }) })[0]!, /at most 411500 bits/);
    // 5 Mbit/s take a gain of 31/snr = 9.80, and one block in 10,000 has 9.21.
    const faded = { rate: 'fixed', fixedRateBps: 5e6 };
    assert.equal(said(faded).length, 2);
  });

  it('attempts are combined only where the rate is fixed', () => {
    accepts({ rate: 'fixed', retransmission: 'harq-ir' }, { rate: 'mcs', retransmission: 'arq' });
    for (const retransmission of ['harq-chase', 'harq-ir']) {
      refuses({ retransmission }, '/channel/retransmission', /"none" or "arq" where rate is "capacity"/);
    }
  });

  it('steps of modulation and coding are given where they are used, and rise below Shannon’s rate', () => {
    const low = { snrDb: -2, bitsPerSecondPerHz: 0.5 };
    const high = { snrDb: 4, bitsPerSecondPerHz: 1.5 };
    accepts({ rate: 'mcs', mcs: [high, low] }, { rate: 'mcs', mcsGapDb: 0 });
    refuses({ mcs: [low] }, '/channel/mcs', /expected null where rate is "capacity"/);
    // log2(1 + 10^0.4) is 1.812.
    refuses(
      { rate: 'mcs', mcs: [{ snrDb: 4, bitsPerSecondPerHz: 1.82 }, low] },
      '/channel/mcs/0/bitsPerSecondPerHz',
      /is 1\.82, expected at most 1\.812, Shannon’s rate at 4 dB/,
    );
    for (const step of [
      { snrDb: 6, bitsPerSecondPerHz: 1.5 },
      { snrDb: 4, bitsPerSecondPerHz: 1.6 },
    ]) {
      refuses({ rate: 'mcs', mcs: [step, high, low] }, '/channel/mcs/0', /one step for each snrDb/);
    }
  });

  it('the link reaches the lowest step of modulation and coding now and then', () => {
    const mcs = (snrDb: number) => ({ rate: 'mcs', mcs: [{ snrDb, bitsPerSecondPerHz: 0.1 }] });
    accepts({ ...mcs(5), fading: 'none' }, mcs(14.6), { ...mcs(30), cell: {} });
    const good = { downlink: { meanSnrDb: 40 } };
    const pointer = '/channel/uplink/meanSnrDb';
    refuses({ ...mcs(5.1), ...good, fading: 'none' }, pointer, /is 5, expected at least 5\.1, which/);
    // A gain of 9.21 is 9.64 dB.
    refuses({ ...mcs(14.7), ...good }, pointer, /one block in 10,000 reaches the lowest step .* 14\.7 dB/);
  });

  it('bursts of losses have durations, or come from the fading', () => {
    const bursts = (gilbertElliott: object, more: object = {}) => ({ gilbertElliott, ...more });
    const pointer = '/channel/gilbertElliott';
    accepts(bursts({ goodSeconds: 1, badSeconds: 0.1 }), bursts({ fadeGain: 0.1 }, { dopplerHz: 10 }));
    accepts(bursts({ fadeGain: 0.1 }));
    refuses(
      bursts({ goodSeconds: 1 }),
      `${pointer}/badSeconds`,
      /is null, expected the mean duration of the bad/,
    );
    refuses(bursts({ badSeconds: 1 }), `${pointer}/goodSeconds`, /is null, .* or give fadeGain/);
    assert.equal(said(bursts({})).length, 2);
    refuses(
      bursts({ goodSeconds: 1, fadeGain: 0.1 }),
      `${pointer}/fadeGain`,
      /null where goodSeconds or badSec/,
    );
    refuses(
      bursts({ fadeGain: 0.1 }, { fading: 'rician' }),
      `${pointer}/fadeGain`,
      /where fading is "rician"/,
    );
    refuses(bursts({ fadeGain: 0.1 }, { dopplerHz: 0 }), `${pointer}/fadeGain`, /Doppler shift is 0/);
    const still = { speedMetersPerSecond: 0 };
    refuses(bursts({ fadeGain: 0.1 }, still), `${pointer}/fadeGain`, /set \/channel\/dopplerHz or/);
    refuses(bursts({ fadeGain: 10 }), `${pointer}/fadeGain`, /9\.2 for Rayleigh/);
  });

  it('carrier, speed and the power of waiting are of this world', () => {
    accepts({ carrierHz: 1e6, speedMetersPerSecond: 0, dopplerHz: 0, receivePowerWatts: 0.2 });
    refuses({ carrierHz: 2 }, '/channel/carrierHz', /is 2, expected 1000000 to 1000000000000 Hz; 2 GHz is/);
    refuses({ speedMetersPerSecond: 3e4 }, '/channel/speedMetersPerSecond', /0 to 10000 meters per second/);
    refuses({ dopplerHz: 2e5 }, '/channel/dopplerHz', /0 to 100000 Hz/);
    refuses({ receivePowerWatts: 2000 }, '/channel/receivePowerWatts', /0 to 1000 watts/);
    refuses({ idlePowerWatts: 2000 }, '/channel/idlePowerWatts', /0 to 1000 watts/);
  });

  it('packets have headers only where there are packets', () => {
    accepts({ packetBits: 12_000, packetHeaderBits: 320 });
    refuses({ packetHeaderBits: 320 }, '/channel/packetHeaderBits', /expected 0 where packetBits is null/);
  });

  it('a sender hears of what has arrived now and then', () => {
    accepts({ ackLossProbability: 0.99 });
    refuses({ ackLossProbability: 1 }, '/channel/ackLossProbability', /expected below 1/);
  });

  it('a broadcast has the whole band', () => {
    accepts({ downlink: { cast: 'broadcast' }, uplink: { sharing: 'tdma' } });
    const shared = { downlink: { cast: 'broadcast', sharing: 'tdma' } };
    refuses(shared, '/channel/downlink/cast', /"unicast" where the sharing of the downlink is "tdma"/);
  });

  it('a scheduler divides the band over senders that follow the gain, without bursts', () => {
    const scheduled = { uplink: { sharing: 'max-snr' } };
    accepts(scheduled, { ...scheduled, rate: 'mcs' }, { rate: 'fixed' });
    refuses({ ...scheduled, rate: 'fixed' }, '/channel/rate', /where the sharing of the uplink is "max-snr"/);
    const bursts = { gilbertElliott: { lossBad: 0.5, goodSeconds: 2, badSeconds: 0.2 } };
    refuses({ ...scheduled, ...bursts }, '/channel/gilbertElliott', /expected null where the sharing/);
    const broadcast = { downlink: { cast: 'broadcast', sharing: { name: 'equal' } } };
    refuses(broadcast, '/channel/downlink/cast', /"unicast" where the sharing of the downlink is "equal"/);
  });

  it('clients fit into their cell', () => {
    const inside = Array.from({ length: 5 }, (_, client) => [50 * client, 10]);
    const mobility = { minSpeedMetersPerSecond: 2, maxSpeedMetersPerSecond: 1 };
    accepts({ cell: {} }, { cell: { positions: inside, mobility: {} } });
    refuses({ cell: { minDistanceMeters: 250 } }, '/channel/cell/minDistanceMeters', /less than 250/);
    refuses({ cell: { positions: inside.slice(1) } }, '/channel/cell/positions', /list of 5 .* \(4 given\)/);
    const outside = [...inside.slice(1), [200, 151]];
    refuses({ cell: { positions: outside } }, '/channel/cell/positions/4', /within 250 meters of the server/);
    refuses(
      { cell: { mobility } },
      '/channel/cell/mobility/minSpeedMetersPerSecond',
      /is 2, expected at most 1/,
    );
  });

  it('a path-loss formula is used where its source gives it', () => {
    const cell = { pathLoss: 'tr38901-umi-nlos' };
    accepts({ carrierHz: 28e9, cell }, { carrierHz: 28e9, cell: { pathLoss: 'free-space' } });
    refuses(
      { carrierHz: 0.4e9, cell },
      '/channel/carrierHz',
      /500000000 to 100000000000 Hz, the range of "tr38901-umi/,
    );
    refuses(
      { cell: { ...cell, clientHeightMeters: 1 } },
      '/channel/cell/clientHeightMeters',
      /1\.5 to 22\.5 m/,
    );
    refuses({ cell: { ...cell, radiusMeters: 6000 } }, '/channel/cell/radiusMeters', /TR 38\.901/);
  });

  it('a mixture has the ranges of its formulas, and clients are indoors where TR 38.901 is', () => {
    accepts({ cell: { pathLoss: 'tr38901-uma', indoorShare: 0.8, indoorLoss: 'high' } });
    refuses(
      { carrierHz: 0.4e9, cell: { pathLoss: 'tr38901-uma' } },
      '/channel/carrierHz',
      /500000000 to 100000000000 Hz, the range of "tr38901-uma"/,
    );
    refuses(
      { cell: { indoorShare: 0.8 } },
      '/channel/cell/indoorShare',
      /0 where pathLoss is "tr36814-macro"/,
    );
  });

  it('a fault is about a client that there is, at a time that there is', () => {
    accepts({ faults: [{ effect: 'drop', client: 5, fromSeconds: 1, toSeconds: 2 }] });
    refuses({ faults: [{ effect: 'drop', client: 6 }] }, '/channel/faults/0/client', /at most 5, the number/);
    const over = { effect: 'blackout', fromSeconds: 3, toSeconds: 3 };
    refuses(
      { faults: [{ effect: 'drop' }, over] },
      '/channel/faults/1/toSeconds',
      /more than 3, which is from/,
    );
    refuses({ faults: [{ effect: 'drop', toSeconds: 0 }] }, '/channel/faults/0/toSeconds', /more than 0/);
  });

  it('a fault has the properties that its effect can have', () => {
    const wrong: readonly (readonly [{ readonly effect: string }, Readonly<Record<string, unknown>>])[] = [
      [{ effect: 'blackout' }, { attempt: 1, delaySeconds: 2, factor: 0.5 }],
      [{ effect: 'delay' }, { attempt: 1, factor: 0.5 }],
      [{ effect: 'duplicate' }, { attempt: 1, factor: 0.5 }],
      [{ effect: 'drop' }, { delaySeconds: 2, factor: 0.5 }],
      [{ effect: 'corrupt' }, { delaySeconds: 2, factor: 0.5 }],
      [{ effect: 'slow' }, { delaySeconds: 2 }],
    ];
    for (const [fault, properties] of wrong) {
      for (const [key, value] of Object.entries(properties)) {
        const pointer = `/channel/faults/0/${key}`;
        const reason = new RegExp(`expected no ${key} where effect is "${fault.effect}"; it goes with "`);
        refuses({ faults: [{ ...fault, [key]: value }] }, pointer, reason);
      }
    }
    accepts({
      faults: [
        { effect: 'blackout', client: 1, direction: 'uplink', probability: 0.5 },
        { effect: 'blackout', kind: 'update', step: '1.3', stage: 'instruction', round: 1, toSeconds: 9 },
        { effect: 'drop', step: '3.3', round: 4, client: 3, attempt: 2 },
        { effect: 'delay', kind: 'update', delaySeconds: 3 },
        { effect: 'duplicate', stage: 'reward', delaySeconds: 0 },
        { effect: 'slow', attempt: 1, factor: 0.01 },
      ],
    });
  });

  it('a fault is about a message that there is', () => {
    const fault = (properties: object) => ({ faults: [{ effect: 'drop', ...properties }] });
    const pointer = '/channel/faults/0';
    refuses({ faults: [{ effect: 'blackout', kind: 'updaet' }] }, `${pointer}/kind`, /did you mean "update"/);
    refuses(
      fault({ kind: 'updaet' }),
      `${pointer}/kind`,
      /expected one of "model", .* did you mean "update"\?$/,
    );
    refuses(
      fault({ step: '3.3', direction: 'downlink' }),
      `${pointer}/direction`,
      /"uplink" where step is "3\.3"/,
    );
    refuses(
      fault({ kind: 'global', step: '2.4' }),
      `${pointer}/step`,
      /expected "1\.4" where kind is "global"/,
    );
    refuses(
      fault({ stage: 'alignment', step: '2.3' }),
      `${pointer}/stage`,
      /expected "reward" where step is "2\.3"; there is no such message/,
    );
    accepts(fault({ stage: 'reward', direction: 'downlink' }), fault({ kind: 'helpful-model', step: '2.1' }));
  });
});

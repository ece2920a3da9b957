import assert from 'node:assert/strict';
import { airRules } from '../../../src/radio/air/relations.js';
import { checkForm } from '../../../src/scenario/validate.js';
import { problemLine } from '../../../src/settings/problem.js';
import { broken } from '../../../src/settings/rule.js';
import { overTheAirRules } from '../../../src/strategies/over-the-air/relations.js';

/** What the form and then the rules say of a scenario over the air with these changes. */
function said(channel: object, server: object = {}, sharing: object | string = 'over-the-air'): string[] {
  const { scenario, problems } = checkForm({
    name: 'x',
    server,
    channel: {
      retransmission: 'none',
      ...channel,
      uplink: { sharing, ...(channel as { uplink?: object }).uplink },
    },
  });
  const found =
    scenario === null
      ? problems
      : [...broken(airRules, scenario, null), ...broken(overTheAirRules, scenario, {})];
  return found.map((problem) => problemLine('x.json', problem));
}

function refuses(lines: readonly string[], pointer: string, reason: RegExp): void {
  assert.equal(lines.length, 1, lines.join('\n') || 'nothing was refused');
  assert.ok(lines[0]!.startsWith(`x.json: ${pointer}: `), lines[0]);
  assert.match(lines[0]!, reason);
}

describe('rules of the uplink over the air', () => {
  it('accept what adds up, and say nothing of an uplink that carries bits', () => {
    assert.deepEqual(said({}), []);
    for (const aggregation of ['fedavg', 'uniform', 'fedavgm', 'fedadam', 'fedadagrad', 'fedyogi']) {
      assert.deepEqual(said({}, { aggregation }), []);
    }
    const digital = { retransmission: 'arq', packetBits: 1000, lossProbability: 0.1, compression: 'float16' };
    assert.deepEqual(said(digital, { aggregation: 'krum' }, 'orthogonal'), []);
  });

  it('the downlink is never over the air', () => {
    const { scenario } = checkForm({ name: 'x', channel: { downlink: { sharing: 'over-the-air' } } });
    assert.equal(scenario, null);
  });

  it('refuse what needs packets or repeats', () => {
    for (const retransmission of ['arq', 'harq-chase', 'harq-ir']) {
      refuses(said({ retransmission }), '/channel/retransmission', /expected "none" where .* "over-the-air"/);
    }
    refuses(said({ packetBits: 1000 }), '/channel/packetBits', /is 1000, expected null/);
    refuses(said({ lossProbability: 0.1 }), '/channel/lossProbability', /is 0\.1, expected 0 of the uplink/);
    refuses(said({ uplink: { lossProbability: 0.1 } }), '/channel/uplink/lossProbability', /expected 0/);
    assert.deepEqual(said({ lossProbability: 0.1, uplink: { lossProbability: 0 } }), []);
    refuses(
      said({ gilbertElliott: { badSeconds: 1, goodSeconds: 1 } }),
      '/channel/gilbertElliott',
      /expected null/,
    );
  });

  it('refuse clients that do not know their gains exactly', () => {
    refuses(said({ knowledge: { delaySeconds: 0.01 } }), '/channel/knowledge', /expected null where/);
  });

  it('refuse clients of several bandwidths', () => {
    refuses(
      said({ uplink: { bandwidthHz: [1e6, 2e6] } }),
      '/channel/uplink/bandwidthHz',
      /expected one number/,
    );
  });

  it('refuse compression that does not add up', () => {
    refuses(said({ compression: 'float16' }), '/channel/compression', /is "float16", expected "none"/);
  });

  it('refuse, by name, rules of aggregation that see updates one by one', () => {
    for (const aggregation of ['krum', 'trimmed-mean', 'norm-clipping', 'fedbuff', 'inverse-probability']) {
      refuses(
        said({}, { aggregation }),
        '/server/aggregation',
        new RegExp(`"${aggregation}" has to see updates one by one; use "fedavg", "uniform"`),
      );
    }
  });

  it('refuse disciplines whose clients work on several versions, and late updates', () => {
    for (const discipline of ['asynchronous', 'buffered', 'semi-asynchronous', 'over-selection']) {
      refuses(said({}, { discipline }), '/server/discipline', /expected "synchronous"/);
    }
    refuses(said({}, { late: 'accept' }), '/server/late', /is "accept", expected "discard"/);
  });

  it('refuse faults that make one client of the sum slower or later, but not those of the downlink', () => {
    refuses(said({ faults: [{ effect: 'slow' }] }), '/channel/faults/0/effect', /is "slow", expected "drop"/);
    refuses(
      said({ faults: [{ effect: 'delay', kind: 'update' }] }),
      '/channel/faults/0/effect',
      /is "delay"/,
    );
    assert.deepEqual(said({ faults: [{ effect: 'delay', kind: 'global' }, { effect: 'drop' }] }), []);
    assert.deepEqual(said({ faults: [{ effect: 'slow', direction: 'downlink' }] }), []);
  });

  it('refuse a cutoff of 0 under Rayleigh fading, one that no gain reaches, and antennas without their law', () => {
    const pointer = '/channel/uplink/sharing';
    const two = { uplink: { receiveAntennas: 2 } };
    const antennas = '/channel/uplink/receiveAntennas';
    const air = (options: object) => ({ name: 'over-the-air', ...options });
    refuses(said({}, {}, air({ cutoffGain: 0 })), pointer, /a cutoffGain above 0/);
    assert.deepEqual(said(two, {}, air({ cutoffGain: 0 })), []);
    assert.deepEqual(said({ fading: 'none' }, {}, air({ cutoffGain: 0 })), []);
    refuses(said({ fading: 'none' }, {}, air({ cutoffGain: 1.5 })), pointer, /one block in 10,000 reaches/);
    refuses(said({ ...two, fading: 'rician' }), antennas, /is 2, expected 1 .* or fading "rayleigh"/);
    refuses(said({ ...two, correlation: 'jakes' }), antennas, /is 2, expected 1/);
  });
});

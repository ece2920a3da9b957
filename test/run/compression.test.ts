import assert from 'node:assert/strict';
import { codecs } from '../../src/strategies/compression/index.js';
import { combined, received } from '../../src/strategies/compression/travel.js';
import type { RunEvent } from '../../src/index.js';
import type { ParamSet } from '../../src/learning/params/param-set.js';
import { codecOf, type CodecName } from '../strategies/compression/sample-sets.js';
import { hashOf, spiedRun, type SpiedRun } from './spied-codec.js';
import { protocolRun } from './untrained.js';

const names = Object.keys(codecs) as CodecName[];
const lossy = [
  'channel.retransmission=none',
  'channel.uplink.lossProbability=0.3',
  'server.quorum=1',
  'instruction.maxRounds=12',
  'instruction.convergence.patience=99',
];

describe('an update on the air', function () {
  this.timeout(300_000);

  for (const name of names) {
    it(`by ${name} has the bits of its bytes, and the server has what it decodes from them`, async () => {
      const { codec, journeys, ended } = await spiedRun(name, {});
      assert.equal(ended.reason, 'finished', JSON.stringify(ended));
      for (const { row, bytes, trained, base } of [...journeys.values()].flat()) {
        assert.equal(row.bits, 96 + 8 * bytes.byteLength);
        const set = received(codec, bytes, trained, codec.delta ? base : null);
        assert.deepEqual(
          row.params.map(({ hash }) => hash),
          [hashOf(set)],
        );
      }
    });
  }
});

describe('error feedback where three updates of ten are lost', function () {
  this.timeout(300_000);

  const cases: readonly (readonly [CodecName, object])[] = [
    ['top-k', { share: 0.05 }],
    ['random-k', { share: 0.05 }],
    ['sign', {}],
    ['quantized', { bits: 2, delta: true }],
    ['qsgd', { levels: 1 }],
    ['power-sgd', { rank: 1 }],
  ];
  for (const [name, options] of cases) {
    it(`by ${name} loses nothing: what was sent and what is owed is all that was trained`, async () => {
      const run = await spiedRun(name, { ...options, errorFeedback: true }, lossy);
      assert.equal(run.ended.reason, 'finished', JSON.stringify(run.ended));
      const rows = [...run.journeys.values()].flat().map(({ row }) => row);
      assert.ok(
        rows.some(({ acknowledged }) => !acknowledged) && rows.some(({ acknowledged }) => acknowledged),
      );
      for (const client of run.clients) checkLedger(run, client.id, client.residuals.adapters!.hash);
    });
  }

  it('by top-k and random-k leaves in float32 exactly what it does not send: p = C(p) + e', async () => {
    for (const name of ['top-k', 'random-k'] as const) {
      const { codec, journeys } = await spiedRun(name, { share: 0.05, errorFeedback: true }, lossy);
      for (const { wanted, bytes } of [...journeys.values()].flat()) {
        const sent = codec.decode(bytes, wanted);
        const left = combined(wanted, sent, -1);
        wanted.values.forEach((p, i) => assert.equal(sent.values[i]! + left.values[i]!, p));
      }
    }
  });
});

/**
 * Bit for bit: p = (w − base) + e of every message, e = p − C(p) after an acknowledgement and p without, and the e of
 * the end is what the client holds. And the sum over messages, in float64, within the rounding of those float32 sums.
 */
function checkLedger({ codec, journeys }: SpiedRun, client: string, owedAtTheEnd: string): void {
  let owed: ParamSet | null = null;
  const own = journeys.get(client)!;
  const balance = new Float64Array(own[0]!.wanted.values.length);
  let greatest = 0;
  for (const { base, trained, wanted, bytes, row } of own) {
    const change = combined(trained, base, -1);
    const expected: ParamSet = owed ? combined(change, owed, 1) : change;
    assert.equal(hashOf(wanted), hashOf(expected), `${client} round ${row.round}`);
    const sent = codec.decode(bytes, wanted);
    owed = row.acknowledged ? combined(wanted, sent, -1) : wanted;
    change.values.forEach((value, i) => {
      balance[i]! += value - (row.acknowledged ? sent.values[i]! : 0);
      greatest = Math.max(greatest, Math.abs(wanted.values[i]!), Math.abs(sent.values[i]!));
    });
  }
  assert.equal(hashOf(owed!), owedAtTheEnd);
  const rounding = 2 * own.length * greatest * 2 ** -24;
  balance.forEach((value, i) => assert.ok(Math.abs(value - owed!.values[i]!) <= rounding, `${client} ${i}`));
}

describe('what a codec remembers', function () {
  this.timeout(300_000);
  const lostInRoundTwo = 'channel.faults=[{"effect":"drop","kind":"update","round":2}]';

  it('comes back where the update is given up: PowerSGD’s Q is the one of the update before', async () => {
    const options = ['channel.maxTransmissions=1', 'instruction.convergence.patience=99'];
    const one = await spiedRun('power-sgd', {}, [...options, 'instruction.maxRounds=1']);
    const two = await spiedRun('power-sgd', {}, [...options, 'instruction.maxRounds=2', lostInRoundTwo]);
    const kept = await spiedRun('power-sgd', {}, [...options, 'instruction.maxRounds=2']);
    const q = ({ clients }: SpiedRun) => clients.map(({ memory }) => memory.adapters!.sets['q']!.hash);
    assert.deepEqual(q(two), q(one));
    assert.notDeepEqual(q(kept), q(one));
    two.clients.forEach(({ id, residuals, uncommitted }) => {
      assert.equal(residuals.adapters!.hash, hashOf(two.journeys.get(id)![1]!.wanted));
      assert.deepEqual(uncommitted, {});
    });
  });

  for (const name of ['top-k', 'sign', 'qsgd'] as const) {
    it(`of ${name} all that the first update was to bring, where it is given up`, async () => {
      const set = ['channel.maxTransmissions=1', 'channel.faults=[{"effect":"drop","kind":"update"}]'];
      const run = await spiedRun(name, { errorFeedback: true }, [...set, 'instruction.maxRounds=1']);
      for (const { id, residuals } of run.clients) {
        const { base, trained } = run.journeys.get(id)![0]!;
        assert.equal(residuals.adapters!.hash, hashOf(combined(trained, base, -1)));
      }
    });
  }
});

describe('the change of the global model on the downlink', function () {
  this.timeout(300_000);
  const topK = 'channel.downlink.compression={"name":"top-k","share":0.1}';
  const moving = ['stages=["instruction"]', 'instruction.maxRounds=4', 'instruction.convergence.patience=99'];

  async function globals(set: readonly string[]) {
    const run = await spiedRun('none', {}, ['channel.headerBits=0', ...moving, topK, ...set]);
    const rows = run.rows.filter(({ kind }) => kind === 'global').sort((a, b) => a.id - b.id);
    const { parameters } = rows[0]!.params[0]!;
    const tensors = [...run.journeys.values()][0]![0]!.base.tensors;
    const change = codecOf('top-k', { share: 0.1 }, 'downlink').expectedBits(parameters, tensors);
    return { run, change, whole: 40 + 32 * parameters, rows };
  }

  it('is all that travels to clients that have acknowledged the version before', async () => {
    const { rows, change, run } = await globals([]);
    assert.equal(run.ended.reason, 'finished');
    assert.equal(rows.length, 12);
    for (const { bits } of rows) assert.equal(bits, change);
  });

  it('is two changes to a client that missed one, and the same parameters arrive', async () => {
    const drop = '{"effect":"drop","kind":"global","client":2,"round":1}';
    const { rows, change } = await globals([
      `channel.faults=[${drop}]`,
      'server.quorum=1',
      'channel.maxTransmissions=1',
    ]);
    const of = (client: string, round: number) =>
      rows.find((row) => row.to === client && row.round === round)!;
    assert.equal(of('client-2', 1).outcome, 'dropped');
    assert.equal(of('client-2', 2).bits, 2 * change);
    assert.equal(of('client-1', 2).bits, change);
    assert.equal(of('client-2', 2).params[0]!.hash, of('client-1', 2).params[0]!.hash);
    assert.equal(of('client-2', 3).bits, change);
  });

  it('is the whole part to a client whose first one was lost', async () => {
    const drop = '{"effect":"drop","kind":"model","client":2}';
    const { rows, whole, change } = await globals([
      `channel.faults=[${drop}]`,
      'server.quorum=1',
      'channel.maxTransmissions=1',
      'model.preinstalled=true',
    ]);
    const first = (client: string) =>
      rows.find(({ to, outcome }) => to === client && outcome === 'delivered')!;
    assert.equal(first('client-2').bits, whole);
    assert.equal(first('client-1').bits, change);
  });
});

describe('the choice of a codec', function () {
  this.timeout(300_000);

  it('is by direction, and by part before that', async () => {
    const { run, ended } = await protocolRun([
      'channel.headerBits=0',
      'channel.compression=float16',
      'channel.compressionByPart.helpful=sign',
      'channel.uplink.compressionByPart.adapters=bfloat16',
      'channel.downlink.compression=none',
    ]);
    assert.equal(ended.reason, 'finished', JSON.stringify(ended));
    const bitsOf = (kind: string) => {
      const { bits, params } = run.written.messages.find((row) => row.kind === kind)!;
      return { bits, parameters: params[0]?.parameters ?? 0 };
    };
    const update = bitsOf('update');
    assert.equal(update.bits, 40 + 16 * update.parameters);
    const harmless = bitsOf('harmless-update');
    assert.equal(harmless.bits, 16 * harmless.parameters);
    const helpful = bitsOf('helpful-update');
    assert.equal(helpful.bits, 40 + 4 * 32 + 8 * Math.ceil(helpful.parameters / 8));
    const down = bitsOf('helpful-model');
    assert.equal(down.bits, 32 * down.parameters);
  });
});

describe('the work of a codec', function () {
  this.timeout(300_000);

  it('takes the device’s time and joules as its operations say, and none where it states none', async () => {
    const work = async (compression: object | string) => {
      const started: { actor: string; seconds: number; joules: number }[] = [];
      const observer = {
        next: (event: RunEvent) => {
          if (event.type === 'task-started' && event.task === 'instruct') started.push(event);
        },
      };
      const set = [
        'stages=["instruction"]',
        'instruction.maxRounds=1',
        'clients.presence={"name":"battery","computeWatts":2}',
        `channel.uplink.compression=${JSON.stringify(compression)}`,
      ];
      const { run } = await protocolRun(set, { observers: [observer] });
      const { parameters } = run.written.messages.find(({ kind }) => kind === 'update')!.params[0]!;
      return { parameters, ...started.find(({ actor }) => actor === 'client-1')! };
    };
    const plain = await work('none');
    const same = await work('float16');
    assert.deepEqual([same.seconds, same.joules], [plain.seconds, plain.joules]);
    // 20 GFLOP/s at 2 W, and 10⁶ operations for each parameter.
    const costly = await work({ name: 'float16', flopsPerParameter: 1e6 });
    const seconds = (1e6 * plain.parameters) / 20e9;
    assert.ok(Math.abs(costly.seconds - plain.seconds - seconds) < 1e-9 * costly.seconds);
    assert.ok(Math.abs(costly.joules - plain.joules - 2 * seconds) < 1e-9 * costly.joules);
    // Top-k's three, and one for the change: as the codec states.
    const stated = await work('top-k');
    const four = (4 * plain.parameters) / 20e9;
    assert.ok(Math.abs(stated.seconds - plain.seconds - four) < 1e-9 * stated.seconds);
  });
});

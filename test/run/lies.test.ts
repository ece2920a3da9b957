import assert from 'node:assert/strict';
import { updateName } from '../../machines/events.js';
import { stubExecutor } from '../../src/learning/training/stub-executor.js';
import { rejectedUpdates } from '../../src/records/rejected.js';
import type { CheckName } from '../../src/records/fate.js';
import type { RoundRow } from '../../src/records/rows.js';
import type { RunEvent } from '../../src/records/run-event.js';
import type { Scenario } from '../../src/scenario/schema.js';
import { protocolRun, type ProtocolOptions, type ProtocolRun } from './untrained.js';

/*
 * Whole runs of the tiny scenario with a client that lies, beside the same runs in which its updates are lost.
 * Clients' tensors are moved as by `learning` "stub", each client's by itself.
 */

interface Watched extends ProtocolRun {
  /** Hashes of the parts of each version of the global model, by stage and version. */
  readonly globals: ReadonlyMap<string, string>;
  /** What was averaged: whose, and of how many rows. */
  readonly averaged: readonly string[];
}

async function watched(set: readonly string[], options: ProtocolOptions = {}): Promise<Watched> {
  const globals = new Map<string, string>();
  const averaged: string[] = [];
  const next = (event: RunEvent) => {
    if (event.type === 'aggregate')
      averaged.push(
        ...event.updates.map(({ from, rows, ...update }) => `${from} ${updateName(update)}, ${rows}`),
      );
    if (event.type !== 'bus' || event.event.phase !== 'sent') return;
    const { message } = event.event.envelope;
    if (message.direction === 'up' || !('global' in message)) return;
    const parts = Object.entries(message.global).map(([part, ref]) => `${part} ${ref?.hash}`);
    globals.set(`${message.kind} ${message.version}`, parts.join('\n'));
  };
  const run = await protocolRun(set, { executor: stubExecutor(), observers: [{ next }], ...options });
  assert.equal(run.ended.reason, 'finished', JSON.stringify(run.ended));
  return { ...run, globals, averaged };
}

const lying = (attack: object | string, clients = [2]) =>
  `clients.poisoned=${JSON.stringify({ clients, attack })}`;

type Fault = Scenario['channel']['faults'][number];
const kinds = ['update', 'helpful-update', 'harmless-update', 'alignment-update'] as const;
const lost: readonly Fault[] = kinds.map((kind) => ({ effect: 'drop', client: 2, kind }));
const deadlines = ['instruction', 'reward', 'alignment'].map((stage) => `${stage}.deadlineSeconds=60`);
/** The run in which client 2 is as good as not there. */
const without = (set: readonly string[] = []) =>
  watched([...deadlines, `channel.faults=${JSON.stringify(lost)}`, ...set]);

const rounds = ({ run }: ProtocolRun) =>
  run.written.metrics.filter((row): row is RoundRow => row.type === 'round');
const rejected = ({ run }: ProtocolRun) =>
  rejectedUpdates(run.written.messages).map(({ client, check, updates }) => ({ client, check, updates }));

const ofOther = { name: 'other-tensors' } as const;
const liars: readonly (readonly [attack: object | string, check: CheckName, ...set: string[]])[] = [
  ['not-finite', 'finite'],
  ...(['shape', 'name', 'missing', 'more', 'order'] as const).map(
    (what) => [{ ...ofOther, what }, 'tensors'] as const,
  ),
  ['unasked', 'order'],
  ['impostor', 'client'],
  [{ name: 'impostor', client: 'client-1' }, 'client'],
  [{ name: 'scaled', scale: 1e4 }, 'norm', 'server.maxUpdateNorm=100'],
  [{ name: 'scaled', scale: 1e4 }, 'norm', 'server.maxUpdateNorm={"timesMedian":5}'],
  [{ name: 'noise', std: 1e3 }, 'norm', 'server.maxUpdateNorm={"timesMedian":5}'],
];

describe('a client that lies', function () {
  this.timeout(120_000);

  for (const [attack, check, ...set] of liars) {
    it(`leaves the global model as if it were not there: ${JSON.stringify(attack)} ${set.join()}`, async () => {
      const [run, other] = [await watched([lying(attack), ...set]), await without(set)];
      assert.ok(run.globals.size > 6);
      assert.deepEqual(run.globals, other.globals);
      // The others' updates come in another order where the other run has waited for client 2.
      assert.deepEqual([...run.averaged].sort(), [...other.averaged].sort());
      // Two rounds of each stage, and two reward models.
      assert.deepEqual(rejected(run), [{ client: 'client-2', check, updates: 8 }]);
      assert.deepEqual(
        rounds(run).map(({ loss, updates, closedBy }) => ({ loss, updates, closedBy })),
        rounds(other).map(({ loss }) => ({ loss, updates: 2, closedBy: 'answers' })),
      );
    });
  }

  it('is one whose update would have counted: the honest run has other models, and so has the poisoned one', async () => {
    const [honest, other] = [await watched([]), await without()];
    assert.notDeepEqual(honest.globals, other.globals);
    const scaled = await watched([lying({ name: 'scaled', scale: 1e4 })]);
    assert.notDeepEqual(scaled.globals, other.globals);
    assert.deepEqual(rejected(scaled), []);
    assert.deepEqual(rejected(honest), []);
  });

  it('weighs by the rows that the server knows of, whatever it says', async () => {
    const [honest, run] = [await watched([]), await watched([lying('inflated')])];
    assert.deepEqual(run.globals, honest.globals);
    assert.deepEqual(run.averaged, honest.averaged);
    assert.equal(run.run.traceHash(), honest.run.traceHash());
  });

  it('counts for no quorum, and a round in which all lie is lost at once', async () => {
    const quorum = await watched([lying('not-finite'), 'server.quorum=3']);
    assert.ok(rounds(quorum).every(({ updates, closedBy }) => updates === 0 && closedBy === 'answers'));
    const all = await watched([lying('not-finite', [1, 2, 3])]);
    assert.ok(rounds(all).every(({ updates, closedBy }) => updates === 0 && closedBy === 'answers'));
    assert.equal(
      new Set([...all.globals].filter(([name]) => /^global/.test(name)).map(([, parts]) => parts)).size,
      1,
    );
  });

  for (const discipline of [
    'asynchronous',
    { name: 'buffered', size: 2 },
    'over-selection',
    { name: 'timed', everySeconds: 2 },
  ]) {
    it(`does not hold up ${JSON.stringify(discipline)}, not even where all lie`, async () => {
      const set = [`server.discipline=${JSON.stringify(discipline)}`, 'server.quorum=1'];
      const some = await watched([lying('not-finite'), ...set]);
      assert.ok(rounds(some).some(({ updates }) => updates > 0));
      assert.ok(rejected(some).every(({ client, check }) => client === 'client-2' && check === 'finite'));
      assert.ok(some.averaged.every((name) => !name.startsWith('client-2')));
      const all = await watched([lying('not-finite', [1, 2, 3]), ...set]);
      assert.deepEqual(all.averaged, []);
    });
  }

  it('is rejected whatever the codec, and of what came in part only where the lie came', async () => {
    const lossy = ['channel.packetBits=4000', 'channel.packetHeaderBits=64', 'channel.maxTransmissions=2'];
    const partial = [...lossy, 'channel.uplink.lossProbability=0.3', 'server.partial={}', 'server.quorum=1'];
    const topK = await watched([
      lying('not-finite'),
      'channel.uplink.compression={"name":"top-k","share":0.2}',
    ]);
    assert.deepEqual(rejected(topK), [{ client: 'client-2', check: 'finite', updates: 8 }]);
    const parts = await watched([lying('not-finite'), ...partial]);
    const fates = new Set(
      parts.run.written.messages
        .filter(({ from, partial: part }) => from === 'client-2' && part)
        .map(({ leftOut }) => leftOut),
    );
    // The NaN is in the first tensor of a part: what came without it is as good as any.
    assert.deepEqual([...fates].sort(), [null, 'rejected: finite']);
  });

  it('says in the row of each update what is wrong with it', async () => {
    const { run } = await watched([lying('not-finite')]);
    const [row] = run.written.messages.filter(({ leftOut }) => leftOut === 'rejected: finite');
    assert.equal(row!.outcome, 'delivered');
    assert.equal(row!.aggregatedIn, null);
    assert.match(row!.why!, /^adapters tensor \S+ is NaN at index 0$/);
    assert.ok(run.written.messages.every(({ why, from }) => why === undefined || from === 'client-2'));
  });

  it('cannot be told over the air, so a scenario asks for neither lies nor a norm there', async () => {
    const air = 'channel.uplink.sharing={"name":"over-the-air"}';
    await assert.rejects(protocolRun([air, lying('not-finite')]), {
      message: /clients\/poisoned\/attack: is "not-finite", expected an attack that tells no lie/,
    });
    await assert.rejects(protocolRun([air, 'server.maxUpdateNorm=3']), {
      message: /server\/maxUpdateNorm: is 3, expected null/,
    });
  });
});

describe('an update of which nothing whole came', () => {
  it('holds up no round where the server uses parts', async () => {
    const lossy = ['channel.packetBits=4000', 'channel.packetHeaderBits=64', 'channel.maxTransmissions=1'];
    const set = [...lossy, 'channel.uplink.lossProbability=0.6', 'server.partial={"leastShare":1}'];
    const run = await watched(set);
    const given = run.run.written.messages.filter(({ leftOut }) => leftOut === 'given-up');
    assert.ok(given.length > 0 && given.every(({ partial }) => partial === undefined));
    assert.ok(rounds(run).every(({ closedBy }) => closedBy === 'answers'));
  });
});

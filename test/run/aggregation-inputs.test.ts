import assert from 'node:assert/strict';
import type { Objective } from '../../src/learning/objective.js';
import { type ParamSet } from '../../src/learning/params/param-set.js';
import { clientOf } from '../../src/actors/world.js';
import type { AggregationStrategy, ToAggregate } from '../../src/strategies/aggregation/aggregation.js';
import { protocolRun, type ProtocolRun } from './untrained.js';

/**
 * An aggregation that notes what it is given. It adds 1 to the first parameter, so that no two versions of a
 * stage are alike although nobody trains, and counts its calls in its memory.
 */
function noting(needsBase: boolean): { strategy: AggregationStrategy; given: ToAggregate[] } {
  const given: ToAggregate[] = [];
  const strategy: AggregationStrategy = {
    name: 'noting',
    description: 'notes what it is given',
    needsBase: () => needsBase,
    make: () => (inputs) => {
      given.push(inputs);
      const { kind, tensors, values } = inputs.global ?? inputs.updates[0]!.params;
      const next = values.slice();
      next[0]! += 1;
      const calls = Number(inputs.memory.notes['calls'] ?? 0) + 1;
      return { global: { kind, tensors, values: next }, memory: { sets: {}, notes: { calls } } };
    },
  };
  return { strategy, given };
}

async function runNoting(set: readonly string[], needsBase = true) {
  const { strategy, given } = noting(needsBase);
  const strategies = { aggregations: [strategy] };
  const result = await protocolRun(['server.aggregation=noting', ...set], { strategies });
  assert.equal(result.ended.reason, 'finished', JSON.stringify(result.ended));
  return {
    result,
    given,
    adapters: given.filter(({ updates: [first] }) => first!.params.kind === 'adapters'),
  };
}

const mapped = <A, B>(record: Readonly<Record<string, A>>, change: (value: A, key: string) => B) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));

const first = ({ values }: ParamSet) => values[0]!;
const rowsOf = ({ run }: ProtocolRun, id: string) => clientOf(run.world, id).data.train.length;

/** Some are too slow for the deadline, and their late updates count. */
const slow = [
  'clients.devices=[{"gigaflopsPerSecond":0.02,"share":1},{"gigaflopsPerSecond":20,"share":1}]',
  'instruction.deadlineSeconds=25',
  'instruction.maxRounds=6',
  'instruction.convergence.patience=9',
  'server.late=accept',
];

describe('what an aggregation is given', () => {
  it('is the global model of the very version that each update was made from, late ones too', async () => {
    const { adapters } = await runNoting(slow);
    const instruction = adapters.slice(0, 6);
    const globals = instruction.map(({ global }) => first(global!));
    const start = globals[0]!;
    let late = 0;
    for (const { version, updates, global } of instruction) {
      // Each version, and a round without updates makes none, added 1; nobody trains, so an update is its base.
      assert.ok(Math.abs(first(global!) - (start + globals.indexOf(first(global!)))) < 1e-4);
      for (const { base, params, staleness, version: from } of updates) {
        assert.equal(from + staleness, version);
        assert.deepEqual(base!.values, params.values);
        if (staleness === 0) assert.deepEqual(base!.values, global!.values);
        else assert.ok(first(base!) < first(global!), 'an older base');
        late += staleness > 0 ? 1 : 0;
      }
    }
    assert.ok(late > 0, 'no update was late');
  });

  it('has no bases where the strategy does not ask for them', async () => {
    const { given } = await runNoting([], false);
    assert.ok(given.length > 0);
    for (const { updates } of given) for (const { base } of updates) assert.equal(base, null);
  });

  it('has the age of each base: from when its version was made, not from when the answer came', async () => {
    const { result, adapters } = await runNoting(slow);
    const closedAt = result.run.written.metrics.flatMap((row) =>
      row.type === 'round' && row.stage === 'instruction' ? [row.virtualSeconds] : [],
    );
    for (const { version, updates } of adapters.slice(0, 6)) {
      for (const { ageSeconds, version: from } of updates) {
        const madeAt = from === 0 ? 0 : closedAt[from - 1]!;
        assert.ok(Math.abs(ageSeconds - (closedAt[version]! - madeAt)) < 1e-6, `${ageSeconds} s`);
      }
    }
  });

  it('has all clients with their rows, and how often each was asked, answers or none', async () => {
    const { result, adapters } = await runNoting([
      'channel.faults=[{"effect":"drop","kind":"update","client":2}]',
      'instruction.maxRounds=3',
      'instruction.convergence.patience=9',
    ]);
    for (const [round, { clients, updates }] of adapters.slice(0, 3).entries()) {
      assert.deepEqual(Object.keys(clients), ['client-1', 'client-2', 'client-3']);
      for (const [id, { rows, orders }] of Object.entries(clients)) {
        assert.deepEqual([rows, orders], [rowsOf(result, id), round + 1], id);
      }
      assert.deepEqual(updates.map(({ client }) => client).sort(), ['client-1', 'client-3']);
    }
  });

  it('has of each update what its stage trained on: instructions, pairs of its objective, prompts sampled', async () => {
    const { result, given } = await runNoting(['alignment.promptsPerRound=5']);
    const pairsOf = (objective: Objective) => (id: string) =>
      clientOf(result.run.world, id).tables.pairs[objective].train.count / 2;
    const rowsById = ({ clients, updates }: ToAggregate) => {
      const sent = Object.fromEntries(updates.map(({ client, rows }) => [client, rows]));
      assert.deepEqual(
        sent,
        mapped(clients, ({ rows }) => rows),
      );
      return sent;
    };
    const [instruction, helpful, harmless, alignment] = [0, 2, 3, given.length - 1].map((i) =>
      rowsById(given[i]!),
    );
    const expected = (rowsOf: (id: string) => number) => mapped(instruction!, (_, id) => rowsOf(id));
    assert.deepEqual(
      instruction,
      expected((id) => rowsOf(result, id)),
    );
    assert.deepEqual(helpful, expected(pairsOf('helpful')));
    assert.deepEqual(harmless, expected(pairsOf('harmless')));
    assert.deepEqual(
      alignment,
      expected(() => 5),
    );
  });

  it('has the pairs that a round reads where the policy is tuned on pairs', async () => {
    const pairs = ['promptsPerRound=8', 'ppoEpochs=2', 'minibatchSize=4'];
    const { given } = await runNoting([
      'alignment.algorithm=modpo',
      ...pairs.map((setting) => `alignment.${setting}`),
      'clients.weightHarmless=[0.5,0,1]',
    ]);
    // 8 · 2 responses are 8 pairs in 2 steps of 4, whether of one objective or of both.
    assert.deepEqual(
      given.at(-1)!.updates.map(({ rows }) => rows),
      [8, 8, 8],
    );
  });

  it('has a memory that is blank when a stage begins, and what the last call left after that', async () => {
    const { adapters } = await runNoting(['instruction.maxRounds=3', 'instruction.convergence.patience=9']);
    // Three rounds of instruction, then the alignment's two on the same part.
    assert.deepEqual(
      adapters.map(({ version, memory }) => [version, memory.notes['calls'] ?? null]),
      [
        [0, null],
        [1, 1],
        [2, 2],
        [0, null],
        [1, 1],
      ],
    );
  });
});

import assert from 'node:assert/strict';
import type { Model } from '../../machines/events.js';
import type { Executor } from '../../src/learning/training/executor.js';
import { stubExecutor } from '../../src/learning/training/stub-executor.js';
import type { TaskKind, TaskRequest, TaskResult } from '../../src/learning/training/task.js';
import { tensorsOf, type ParamSet } from '../../src/learning/params/param-set.js';
import type { MessageRow, RoundRow } from '../../src/records/rows.js';
import { protocolRun, type ProtocolRun } from './untrained.js';

/* Whole runs of the tiny scenario whose updates are cut into packets; clients' tensors are moved as by `learning` "stub". */

const packets = ['channel.packetBits=4000', 'channel.packetHeaderBits=64'];
const lossy = [...packets, 'channel.maxTransmissions=2', 'channel.uplink.lossProbability=0.3'];
const partial = (options: object = {}) => `server.partial=${JSON.stringify(options)}`;

interface Aggregate {
  readonly request: TaskRequest<'aggregate'>;
  readonly result: TaskResult<'aggregate'>;
}

/** Runs stub tasks, and keeps what the server aggregated and what it made of it. */
async function watchedRun(set: readonly string[]): Promise<ProtocolRun & { aggregates: Aggregate[] }> {
  const stub = stubExecutor();
  const aggregates: Aggregate[] = [];
  const executor: Executor = {
    ...{ fingerprint: () => stub.fingerprint(), close: () => stub.close() },
    async run<K extends TaskKind>(request: TaskRequest<K>): Promise<TaskResult<K>> {
      const result = await stub.run(request);
      if (request.kind === 'aggregate') aggregates.push({ request, result } as unknown as Aggregate);
      return result;
    },
  };
  const run = await protocolRun(set, { executor });
  assert.equal(run.ended.reason, 'finished', JSON.stringify(run.ended));
  return { ...run, aggregates };
}

const uploadsOf = ({ run }: ProtocolRun): readonly MessageRow[] =>
  run.written.messages.filter(({ to }) => to === 'server');
const updatesOf = ({ run }: ProtocolRun) =>
  run.written.metrics.filter((row): row is RoundRow => row.type === 'round').map(({ updates }) => updates);
const hashesOf = (global: Model) => Object.entries(global).map(([part, ref]) => [part, ref?.hash]);
const byName = (set: ParamSet) =>
  new Map([...tensorsOf(set)].map(({ name, values }) => [name, values] as const));

describe('a run whose server uses what arrived of an update', function () {
  this.timeout(120_000);

  it('averages updates that were given up half-way, of which it else has nothing', async () => {
    const [without, used] = [await watchedRun(lossy), await watchedRun([...lossy, partial()])];
    assert.ok(
      updatesOf(without).every((updates) => updates === 0),
      updatesOf(without).join(),
    );
    assert.ok(
      updatesOf(used).some((updates) => updates >= 2),
      updatesOf(used).join(),
    );
    const rows = uploadsOf(used).filter(({ outcome }) => outcome === 'dropped');
    assert.ok(rows.some((row) => row.partial && row.aggregatedIn !== null));
    for (const { partial: part, aggregatedIn, leftOut, bits, params } of rows) {
      assert.equal(part === undefined, leftOut === 'given-up');
      if (!part) continue;
      assert.ok(aggregatedIn !== null || leftOut !== null);
      assert.ok(part.tensors > 0 && part.tensors < part.of && part.bits < bits);
      // Parameters as they are, 32 bits each.
      assert.equal(part.bits, 32 * part.parameters);
      assert.ok(part.parameters < params.reduce((sum, { parameters }) => sum + parameters, 0));
    }
    assert.ok(uploadsOf(used).every((row) => row.partial === undefined || row.outcome === 'dropped'));
  });

  it('costs what it did without: the same bits, attempts and joules of the first updates', async () => {
    const [without, used] = [
      await watchedRun(lossy),
      await watchedRun([...lossy, partial({ order: 'given' })]),
    ];
    const first = (run: ProtocolRun) =>
      uploadsOf(run)
        .filter(({ stage, round }) => stage === 'instruction' && round === 1)
        .map(({ partial: _, aggregatedIn, leftOut, ...costs }) => costs);
    assert.equal(first(used).length, 3);
    assert.deepEqual(first(used), first(without));
  });

  it('has as many bits more as say the order', async () => {
    const bits = async (order: string) =>
      uploadsOf(await watchedRun([...packets, partial({ order })])).map((row) => row.bits);
    const [given, ordered] = [await bits('given'), await bits('relative-change')];
    const kinds = uploadsOf(await watchedRun([...lossy, partial()]));
    const tensors = new Map(kinds.flatMap(({ kind, partial: part }) => (part ? [[kind, part.of]] : [])));
    const said = (of: number) => 8 * Math.ceil((of * Math.ceil(Math.log2(of))) / 8);
    uploadsOf(await watchedRun([...packets, partial()])).forEach(({ kind }, index) => {
      const of = tensors.get(kind);
      if (of !== undefined) assert.equal(ordered[index]! - given[index]!, said(of), kind);
    });
    assert.ok(tensors.size > 0);
  });

  it('averages each tensor over those who brought it, by their rows, and keeps what nobody brought', async () => {
    const { aggregates } = await watchedRun([...lossy, partial()]);
    let [partly, kept] = [0, 0];
    for (const { request, result } of aggregates) {
      const updates = Object.entries(request.params.updates).sort(([a], [b]) => (a < b ? -1 : 1));
      const made = byName(result.output.global);
      for (const { name } of request.params.global!.tensors) {
        const brought = updates.flatMap(([client, set]) => {
          const values = byName(set).get(name);
          return values ? [{ values, rows: request.hyper.updates[client]!.rows }] : [];
        });
        if (brought.length < updates.length) partly += 1;
        if (brought.length === 0) kept += 1;
        const rows = brought.reduce((sum, one) => sum + one.rows, 0);
        const mean = brought[0]?.values.map((_, i) => {
          const sum = brought.reduce((total, one) => total + one.rows * one.values[i]!, 0);
          return sum / rows;
        });
        assert.deepEqual(made.get(name), mean ?? byName(request.params.global!).get(name), name);
      }
    }
    assert.ok(partly > 0 && kept > 0, `${partly} tensors lacked a client, ${kept} all`);
  });

  it('goes on with a model that has all of its tensors in their order', async () => {
    const { aggregates } = await watchedRun([...lossy, partial()]);
    const names = new Map<string, string>();
    for (const { request } of aggregates) {
      const { kind, tensors } = request.params.global!;
      const key = `${kind} ${request.params.global!.values.length}`;
      const layout = tensors.map(({ name }) => name).join();
      assert.equal(names.get(key) ?? layout, layout);
      names.set(key, layout);
    }
    assert.ok(names.size > 0);
  });

  it('ends, bit for bit, with the usual model where everything arrives', async () => {
    for (const codec of ['none', { name: 'quantized', bits: 4, delta: true, errorFeedback: true }, 'qsgd']) {
      const set = [...packets, `channel.uplink.compression=${JSON.stringify(codec)}`];
      const usual = await watchedRun(set);
      for (const order of ['given', 'relative-change']) {
        const { global } = await watchedRun([...set, partial({ order })]);
        assert.deepEqual(hashesOf(global), hashesOf(usual.global));
      }
    }
  });

  it('uses nothing below the least share', async () => {
    const used = await watchedRun([...lossy, partial({ leastShare: 1 })]);
    assert.ok(uploadsOf(used).every((row) => row.partial === undefined));
  });

  it('uses the tensors that lie first of an update that ran out of time', async () => {
    // At 0 dB 1 MHz carries 1 Mbit/s: 0.4 s carry 98 packets of 4064 bits whole, 392 of 584 kbit. Downloads are in time.
    const slow = [
      'channel.fading=none',
      'channel.uplink.meanSnrDb=0',
      'channel.maxAttemptSeconds=0.4',
      'model.preinstalled=true',
      'stages=["instruction"]',
    ];
    const rows = uploadsOf(await watchedRun([...packets, ...slow, partial()]));
    assert.equal(rows.length, 6);
    for (const { reason, round, aggregatedIn, partial: part } of rows) {
      assert.deepEqual([reason, aggregatedIn], ['timeout', round]);
      assert.ok(part!.bits > 0 && part!.bits <= 98 * 4000 - 512, `${part!.bits} bits`);
    }
  });
});

describe('the scenario of partial delivery', () => {
  it('runs through its stage with updates that came in part', async () => {
    const definition = { extends: 'partial-delivery' };
    const run = await protocolRun(['instruction.maxRounds=3'], { definition, executor: stubExecutor() });
    assert.equal(run.ended.reason, 'finished', JSON.stringify(run.ended));
    assert.ok(uploadsOf(run).some((row) => row.partial && row.aggregatedIn !== null));
  });
});

import assert from 'node:assert/strict';
import { taskRequest } from '../../src/learning/training/request.js';
import { poolExecutor, type Executor } from '../../src/learning/training/executor.js';
import type { TaskRequest } from '../../src/learning/training/task.js';
import { paramSet, tensorsOf, type ParamSet } from '../../src/learning/params/param-set.js';
import { clientOf } from '../../src/actors/world.js';
import { protocolRun, type ProtocolRun } from './untrained.js';

/*
 * What the simulation comes to where nothing is in its way: loops that a reader writes in ten lines, with the
 * same tasks. Real training of the tiny scenario's first stage.
 */

const rounds = 3;
const plain = [
  'stages=["instruction"]',
  `instruction.maxRounds=${rounds}`,
  'instruction.convergence.patience=99',
];

describe('a run in which nothing is in the way', function () {
  this.timeout(120_000);
  let executor: Executor;
  before(() => (executor = poolExecutor(2, 'wasm')));
  after(() => executor.close());

  const finished = async (set: readonly string[]): Promise<ProtocolRun> => {
    const result = await protocolRun([...plain, ...set], { executor });
    assert.equal(result.ended.reason, 'finished', JSON.stringify(result.ended));
    return result;
  };

  /** Step 1.3 of one client, as the task it is. */
  async function tuned({ run }: ProtocolRun, id: string, round: number, adapters: ParamSet, lora: ParamSet) {
    const { world } = run;
    const { maxRounds, deadlineSeconds, convergence, targetAccuracy, ...hyper } = world.scenario.instruction;
    const { tables } = clientOf(world, id);
    const request = taskRequest<'instruct'>({
      kind: 'instruct',
      seed: [world.scenario.seed, id, 'instruct', round].join('/'),
      model: world.shape,
      hyper,
      params: { base: world.store.get(world.base), tuned: { adapters, lora } },
      data: { train: tables.train, validation: tables.validation },
    });
    const { output } = await executor.run(request);
    return { adapters: output.tuned['adapters']!, lora: output.tuned['lora']! };
  }

  /** The adapters and the clients' LoRA before the first round: what a run of no round leaves. */
  async function start(set: readonly string[]) {
    let adapters: ParamSet | null = null;
    const loras = new Map<string, ParamSet>();
    const first: Executor = {
      ...executor,
      run: (request) => {
        if (request.kind === 'instruct') {
          const { seed, params } = request as unknown as TaskRequest<'instruct'>;
          adapters ??= params.tuned['adapters']!;
          loras.set(seed.split('/')[1]!, params.tuned['lora']!);
        }
        return executor.run(request);
      },
    };
    await protocolRun([...plain, 'instruction.maxRounds=1', ...set], { executor: first });
    return { adapters: adapters!, loras };
  }

  const globalOf = (result: ProtocolRun) => result.run.world.store.get(result.global.adapters!);

  it('is synchronous federated averaging, bit for bit', async () => {
    const result = await finished(['server.quorum=3']);
    const ids = ['client-1', 'client-2', 'client-3'];
    const rows = ids.map((id) => clientOf(result.run.world, id).data.train.length);
    const begun = await start(['server.quorum=3']);
    let global = begun.adapters;
    const loras = ids.map((id) => begun.loras.get(id)!);
    for (let round = 1; round <= rounds; round++) {
      const updates = await Promise.all(ids.map((id, k) => tuned(result, id, round, global, loras[k]!)));
      updates.forEach(({ lora }, k) => (loras[k] = lora));
      global = mapped(global, (tensor, i) => {
        const total = rows.reduce((sum, n) => sum + n, 0);
        return (
          updates.reduce((sum, { adapters }, k) => sum + rows[k]! * adapters.values[tensor + i]!, 0) / total
        );
      });
    }
    assert.deepEqual(globalOf(result).values, global.values);
  });

  it('is sequential training, bit for bit, with one client and FedAsync at α = 1', async () => {
    const alone = [
      'clients.count=1',
      'clients.weightHarmless=uniform',
      'data.synthetic.facts=0',
      'server.quorum=1',
      'server.discipline=asynchronous',
      'server.aggregation={"name":"fedasync","alpha":1,"staleness":"constant"}',
    ];
    const result = await finished(alone);
    const begun = await start(alone);
    let model = { adapters: begun.adapters, lora: begun.loras.get('client-1')! };
    for (let round = 1; round <= rounds; round++) {
      model = await tuned(result, 'client-1', round, model.adapters, model.lora);
    }
    assert.deepEqual(globalOf(result).values, model.adapters.values);
  });

  it('is the synchronous mean of deltas with FedBuff, K = N and equal speeds', async () => {
    const buffered = await finished([
      'server.quorum=3',
      'server.discipline={"name":"buffered","size":3}',
      'server.aggregation=fedbuff',
    ]);
    const synchronous = await finished([
      'server.quorum=3',
      'server.aggregation={"name":"uniform","of":"deltas"}',
    ]);
    assert.deepEqual(globalOf(buffered).values, globalOf(synchronous).values);
  });
});

/** A set of the same tensors, each value anew; `tensor` is where its tensor begins among all values. */
function mapped(set: ParamSet, value: (tensor: number, index: number) => number): ParamSet {
  let begin = 0;
  const tensors = [...tensorsOf(set)].map(({ name, shape, values }) => {
    const from = begin;
    begin += values.length;
    return { name, shape, values: Float32Array.from(values, (_, i) => value(from, i)) };
  });
  return paramSet(set.kind, tensors);
}

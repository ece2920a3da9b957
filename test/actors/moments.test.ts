import assert from 'node:assert/strict';
import { paramSet } from '../../src/learning/params/param-set.js';
import type { Executor } from '../../src/learning/training/executor.js';
import type { KeptOptimizers } from '../../src/learning/training/optimizers.js';
import type { TaskKind, TaskRequest } from '../../src/learning/training/task.js';
import { own, shared } from '../../src/strategies/methods/method.js';
import { pwff } from '../../src/strategies/methods/pwff.js';
import { protocolRun, untrainedExecutor, type ProtocolOptions } from '../run/untrained.js';

/** What a training task was given of its optimizers; `calls`: how many tasks stand behind the moments. */
interface Given {
  readonly client: string;
  readonly stage: 'instruct' | 'align';
  readonly parts: KeptOptimizers['parts'] | null;
  readonly calls: unknown;
  readonly moment: number | null;
}

/** Tasks without training whose moments count the tasks that made them. */
function counting(): { executor: Executor; given: Given[] } {
  const given: Given[] = [];
  const untrained = untrainedExecutor();
  const executor: Executor = {
    ...untrained,
    run: async <K extends TaskKind>(request: TaskRequest<K>) => {
      const result = await untrained.run(request);
      const { kind } = request;
      if (kind !== 'instruct' && kind !== 'align') return result;
      const { hyper, params } = request as unknown as TaskRequest<'instruct'>;
      const { optimizers } = hyper;
      const calls = Number(optimizers?.notes['calls'] ?? 0);
      const moment = params.moments?.['lora.first']?.values[0] ?? null;
      const client = /client-\d/.exec(request.seed)![0];
      given.push({ client, stage: kind, parts: optimizers?.parts ?? null, calls, moment });
      if (!optimizers) return result;
      const values = Float32Array.of(calls + 1);
      const sets = { 'lora.first': paramSet('moments', [{ name: 'moment', shape: [1], values }]) };
      const left = { sets, notes: { calls: calls + 1 } };
      return { ...result, output: { ...result.output, optimizers: left } };
    },
  };
  return { executor, given };
}

async function givenIn(set: readonly string[], options: ProtocolOptions = {}) {
  const { executor, given } = counting();
  const result = await protocolRun(set, { ...options, executor });
  assert.equal(result.ended.reason, 'finished', JSON.stringify(result.ended));
  const of = (client: string, stage: Given['stage']) =>
    given.filter((each) => each.client === client && each.stage === stage);
  return { result, of };
}

const both = (state: string) => [`instruction.optimizerState=${state}`, `alignment.optimizerState=${state}`];
const critics = ['critic-helpful', 'critic-harmless'];

describe('a client’s optimizers, from round to round', () => {
  it('start anew by default, and tasks are told nothing', async () => {
    const { of } = await givenIn([]);
    for (const stage of ['instruct', 'align'] as const) {
      assert.deepEqual(
        of('client-1', stage).map(({ parts, moment }) => [parts, moment]),
        [
          [null, null],
          [null, null],
        ],
      );
    }
  });

  it('go on for what stays private, or for all, as the method has it; a stage begins without moments', async () => {
    for (const [method, state, parts] of [
      ['pwff', 'keep-private', ['lora', ...critics]],
      ['pwff', 'keep', ['adapters', 'lora', ...critics]],
      ['vanilla-fl', 'keep-private', critics],
      ['local-only', 'keep-private', ['adapters', 'lora', ...critics]],
    ] as const) {
      const { of } = await givenIn([`method=${method}`, ...both(state)]);
      for (const stage of ['instruct', 'align'] as const) {
        assert.deepEqual(
          of('client-2', stage).map(({ client: _, stage: __, ...rest }) => rest),
          [
            { parts, calls: 0, moment: null },
            { parts, calls: 1, moment: 1 },
          ],
          `${method} ${state} ${stage}`,
        );
      }
    }
  });

  it('go on in a stage in which a part stays, although it travels in another', async () => {
    const adapters = { train: 'always', share: { instruction: 'always', alignment: 'never' } } as const;
    const method = {
      ...pwff,
      name: 'own',
      slots: [{ ...shared('adapters'), parts: [adapters] }, own('lora')],
    };
    const { of } = await givenIn(['method=own', ...both('keep-private')], {
      strategies: { methods: [method] },
    });
    assert.deepEqual(of('client-1', 'instruct')[1]!.parts, ['lora', ...critics]);
    assert.deepEqual(of('client-1', 'align')[1]!.parts, ['adapters', 'lora', ...critics]);
  });

  it('go on although an update was lost: they are of the client’s own parameters, which stay', async () => {
    const lost = 'channel.faults=[{"effect":"drop","kind":"update","client":1,"round":1}]';
    const rounds = ['instruction.maxRounds=3', 'instruction.convergence.patience=9'];
    const { of } = await givenIn([lost, ...rounds, ...both('keep')]);
    assert.deepEqual(
      of('client-1', 'instruct').map(({ calls }) => calls),
      [0, 1, 2],
    );
  });

  it('never leave it: all messages are those of a run that keeps nothing', async () => {
    const sent = async (state: string) => (await givenIn(both(state))).result.run.written.messages;
    const [reset, keep] = [await sent('reset'), await sent('keep')];
    assert.ok(reset.length > 20);
    assert.deepEqual(keep, reset);
  });
});

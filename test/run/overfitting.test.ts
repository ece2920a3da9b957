import assert from 'node:assert/strict';
import { refOf } from '../../src/learning/params/param-set.js';
import { isChange } from '../../src/strategies/methods/parts.js';
import type { TaskRequest } from '../../src/learning/training/task.js';
import { protocolRun, untrainedExecutor, type ProtocolRun } from './untrained.js';

const rounds = ['instruction.maxRounds=4', 'instruction.convergence.patience=9', 'stages=["instruction"]'];
const rowsOf = ({ run }: ProtocolRun, task: string) =>
  run.written.metrics.flatMap((row) => (row.type === 'client' && row.task === task ? [row] : []));

describe('overfitting, measured', () => {
  it('is at both ends of the stage where others are asked for, and every so many rounds where that is said', async () => {
    const ends = await protocolRun([...rounds, 'measure.others={}']);
    const every = await protocolRun([...rounds, 'measure.others={"every":3}']);
    const roundsOf = (result: ProtocolRun) => [
      ...new Set(rowsOf(result, 'generalize').map(({ round }) => round)),
    ];
    assert.deepEqual(roundsOf(ends), [0, 4]);
    assert.deepEqual(roundsOf(every), [0, 3, 4]);
  });

  it('is of every client on every client’s rows', async () => {
    const result = await protocolRun([...rounds, 'measure.others={}']);
    const figures = Object.keys(rowsOf(result, 'generalize')[0]!.metrics);
    assert.deepEqual(
      figures.filter((name) => name.startsWith('accuracy/')),
      ['accuracy/client-1', 'accuracy/client-2', 'accuracy/client-3'],
    );
  });

  it('does not make it another run, with all dials and with newcomers', async () => {
    const plain = await protocolRun(rounds);
    const dials = await protocolRun([
      ...rounds,
      'clients.newcomers=2',
      'measure={"others":{"every":1},"forgetting":{},"shares":[0,1]}',
    ]);
    assert.equal(dials.run.traceHash(), plain.run.traceHash());
    assert.ok(rowsOf(dials, 'perplexity').length > 0);
    assert.ok(rowsOf(dials, 'interpolate').length > 0);
  });

  it('has no rows of these tasks where no dial is on', async () => {
    const plain = await protocolRun(rounds);
    for (const task of ['generalize', 'perplexity', 'interpolate', 'newcomer', 'member']) {
      assert.equal(rowsOf(plain, task).length, 0, task);
    }
  });
});

describe('clients that take no part', () => {
  const personalized = async (set: readonly string[]) => {
    const requests: TaskRequest<'instruct'>[] = [];
    const executor = untrainedExecutor((request) => {
      if (request.kind === 'instruct' && request.seed.includes('newcomer')) {
        requests.push(request as TaskRequest<'instruct'>);
      }
    });
    const result = await protocolRun([...rounds, 'clients.newcomers=2', ...set], { executor });
    return { result, requests };
  };

  it('send and hear nothing, and are measured beside the members when training is over', async () => {
    const { result } = await personalized([]);
    const { messages } = result.run.written;
    assert.ok(messages.every(({ from, to }) => !`${from} ${to}`.includes('newcomer')));
    assert.deepEqual(
      rowsOf(result, 'newcomer').map(({ actor }) => actor),
      ['newcomer-1', 'newcomer-2'],
    );
    assert.deepEqual(
      rowsOf(result, 'member').map(({ actor }) => actor),
      ['client-1', 'client-2', 'client-3'],
    );
  });

  it('begin with the shared part as it is at the end, and tune their private one by so many steps', async () => {
    const { result, requests } = await personalized(['measure.newcomerSteps=5']);
    assert.equal(requests.length, 2);
    const { hyper, params } = requests[0]!;
    assert.equal(hyper.localSteps, 5);
    assert.deepEqual(hyper.phases, [{ share: 1, trains: ['lora'], terms: [] }]);
    const { hash } = result.global['adapters']!;
    assert.equal(refOf(params.tuned['adapters']!).hash, hash);
  });

  it('tune nothing where the method has nothing private', async () => {
    const { result, requests } = await personalized(['method=vanilla-fl']);
    assert.equal(requests.length, 0);
    assert.equal(rowsOf(result, 'newcomer')[0]!.metrics['steps'], 0);
  });

  for (const method of ['flora', 'fedex-lora']) {
    it(`begin with all that the base was changed by, of ${method}`, async () => {
      const measured: TaskRequest<'generalize'>[] = [];
      const executor = untrainedExecutor((request) => {
        if (request.kind === 'generalize') measured.push(request as TaskRequest<'generalize'>);
      });
      const set = [...rounds, 'clients.newcomers=1', `method=${method}`];
      const { global } = await protocolRun(set, { executor });
      const changes = Object.entries(global).filter(([part]) => isChange(part));
      assert.equal(changes.length, 4);
      const { tuned } = measured.at(-1)!.params;
      assert.deepEqual(
        changes.map(([part]) => refOf(tuned[part]!).hash),
        changes.map(([, ref]) => ref!.hash),
      );
      assert.ok(tuned['lora']!.values.length > 0);
    });
  }

  it('begin a personal twin as what it is the twin of is at the end', async () => {
    const { requests } = await personalized(['method=ditto']);
    const { tuned } = requests[0]!.params;
    assert.deepEqual(tuned['personal-lora']!.values, tuned['lora']!.values);
    assert.deepEqual(requests[0]!.hyper.phases![0]!.trains, ['personal-adapters', 'personal-lora']);
  });
});

describe('a client without patience', () => {
  it('lets its private parts rest once its loss has not fallen for a round, and goes on with what it shares', async () => {
    const trained: string[] = [];
    const executor = untrainedExecutor((request) => {
      if (request.kind !== 'instruct' || !request.seed.includes('client-1/')) return;
      const { phases } = (request as TaskRequest<'instruct'>).hyper;
      trained.push(phases ? phases.flatMap(({ trains }) => trains).join() : 'all');
    });
    // The loss of an untrained client is 1 in every round: it falls once, from nothing.
    await protocolRun([...rounds, 'instruction.privatePatience=1'], { executor });
    assert.deepEqual(trained, ['all', 'all', 'adapters', 'adapters']);
  });
});

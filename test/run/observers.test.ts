import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  runScenario,
  type Executor,
  type Progress,
  type RunEvent,
  type RunObserver,
  type TaskKind,
  type TaskRequest,
  type TaskResult,
} from '../../src/index.js';
import { paramSet, tensorsOf } from '../../src/learning/params/param-set.js';
import { packageRoot } from '../../src/paths.js';
import { loadScenario } from '../../src/scenario/load.js';
import { protocolRun, untrainedExecutor, type ProtocolRun } from './untrained.js';

type Of<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

/** Keeps all that it hears, and counts how often it was told that the run is over. */
class Recorder implements RunObserver {
  readonly events: RunEvent[] = [];
  completed = 0;

  constructor(readonly actors: boolean) {}

  next(event: RunEvent): void {
    assert.equal(this.completed, 0, `${event.type} came after the end`);
    this.events.push(event);
  }

  complete(): void {
    this.completed += 1;
  }

  of<T extends RunEvent['type']>(type: T): Of<T>[] {
    return this.events.filter((event): event is Of<T> => event.type === type);
  }
}

async function recorded(set: readonly string[] = [], actors = true): Promise<[Recorder, ProtocolRun]> {
  const recorder = new Recorder(actors);
  return [recorder, await protocolRun(set, { observers: [recorder] })];
}

/** Its instruction tuning diverges. */
function divergedExecutor(): Executor {
  const untrained = untrainedExecutor();
  return {
    ...untrained,
    run: async <K extends TaskKind>(request: TaskRequest<K>) => {
      const result = await untrained.run(request);
      if (request.kind !== 'instruct') return result;
      const { tuned } = result.output as TaskResult<'instruct'>['output'];
      const [first, ...others] = tensorsOf(tuned['adapters']!);
      const diverged = paramSet('adapters', [{ ...first!, values: first!.values.map(() => NaN) }, ...others]);
      return { ...result, output: { tuned: { ...tuned, adapters: diverged } } };
    },
  };
}

describe('an observer of a run', () => {
  it('hears every row that is written, every message’s way, and once that the run is over', async () => {
    const [recorder, { run, ended }] = await recorded(['channel.lossProbability=0.3']);
    assert.equal(ended.reason, 'finished');
    assert.deepEqual(
      recorder.of('row').map(({ row }) => row),
      run.written.metrics,
    );
    assert.deepEqual(
      recorder.of('message').map(({ row }) => row),
      run.written.messages,
    );
    const sent = recorder.of('bus').filter(({ event: { phase } }) => phase === 'sent');
    assert.equal(sent.length, run.written.messages.length);
    assert.equal(recorder.of('aggregate').length, 6);
    assert.ok(recorder.of('params').length > 0);
    assert.equal(recorder.completed, 1);
  });

  it('hears of a message’s end right after what ended it, and before what came of it', async () => {
    const [{ events }] = await recorded();
    const end = events.findIndex(({ type }) => type === 'message-ended');
    const ending = events[end - 1];
    assert.equal(ending?.type === 'bus' && ending.event.phase, 'delivered');
    const cameOfIt = events.findIndex(
      (event) => event.type === 'row' && event.row.type === 'step' && event.row.step === '1.2',
    );
    assert.ok(cameOfIt > end);
  });

  it('hears nothing of parameters that are not finite, but why their task failed', async () => {
    const recorder = new Recorder(false);
    const { ended } = await protocolRun([], { executor: divergedExecutor(), observers: [recorder] });
    assert.equal(ended.reason, 'failed');
    const said = /^adapters tensor .* is NaN at index 0, expected finite numbers/;
    const errors = recorder
      .of('task-finished')
      .flatMap(({ task, error }) => (task === 'instruct' ? [error] : []));
    assert.ok(
      errors.length > 0 && errors.every((error) => error !== null && said.test(error)),
      String(errors),
    );
    assert.equal(recorder.of('params').length, 0);
    assert.equal(recorder.completed, 1);
  });

  it('hears of virtual times that never run back', async () => {
    const [recorder] = await recorded();
    const times = recorder.events.flatMap((event) =>
      'virtualSeconds' in event ? [event.virtualSeconds] : [],
    );
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
  });

  it('hears of every task as it starts and as it ends, with its key', async () => {
    const [recorder] = await recorded();
    const started = recorder.of('task-started');
    const finished = recorder.of('task-finished');
    assert.equal(finished.length, started.length);
    assert.ok(finished.every(({ error }) => error === null));
    const first = started.find(({ task }) => task === 'instruct')!;
    assert.deepEqual([first.stage, first.round], ['instruction', 1]);
    const last = finished.find(({ actor, key }) => actor === first.actor && key === first.key)!;
    assert.equal(last.task, 'instruct');
    assert.ok(last.virtualSeconds > first.virtualSeconds);
  });

  it('hears why a task failed', async () => {
    const recorder = new Recorder(false);
    const executor = untrainedExecutor(({ kind }) => {
      if (kind === 'align') throw new Error('out of memory');
    });
    await protocolRun([], { executor, observers: [recorder] });
    const failed = recorder.of('task-finished').filter(({ error }) => error !== null);
    assert.equal(failed[0]!.task, 'align');
    assert.match(failed[0]!.error!, /^out of memory \(tried 3 times: error; key [0-9a-f]{16}\)$/);
    const tries = recorder.of('try-failed').filter(({ key }) => key === failed[0]!.key);
    assert.deepEqual(
      tries.map(({ how, message, attempt, last }) => [how, message, attempt, last]),
      [1, 2, 3].map((attempt) => ['error', 'out of memory', attempt, attempt === 3]),
    );
  });

  it('hears, on request, what every actor does, the same in every run', async () => {
    const [one] = await recorded();
    const [other] = await recorded();
    const acts = one.of('actor');
    assert.deepEqual(other.of('actor'), acts);
    assert.deepEqual(JSON.parse(JSON.stringify(acts)), acts);
    const names = new Set(acts.map(({ actor }) => actor));
    const ids = ['client-1', 'client-2', 'client-3'];
    const links = ids.flatMap((id) => [`${id}/uplink`, `${id}/downlink`]);
    assert.deepEqual([...names].sort(), [...ids, ...links, 'server', 'simulation'].sort());
    assert.ok(acts.some(({ actor, state }) => actor === 'client-1' && state === 'rewardLearning.training'));
    assert.equal(acts.findLast(({ actor }) => actor === 'simulation')?.state, 'finished');
  });

  it('changes nothing: with observers, with inspection of the actors and with none, the trace is one', async () => {
    const lossy = ['channel.lossProbability=0.4', 'channel.maxTransmissions=1'];
    const plain = await protocolRun(lossy);
    const [quiet, observed] = await recorded(lossy, false);
    const [, inspected] = await recorded(lossy, true);
    const shown = await protocolRun(lossy, { onProgress: () => {} });
    assert.deepEqual(quiet.of('actor'), []);
    for (const { run, ended } of [observed, inspected, shown]) {
      assert.deepEqual(ended, plain.ended);
      assert.equal(run.traceHash(), plain.run.traceHash());
    }
  });

  it('that throws ends the run as failed, is named, and keeps nothing from the others', async () => {
    const broken = (name?: string): RunObserver => ({
      ...(name !== undefined && { name }),
      next: (event) => {
        if (event.type === 'aggregate') throw new Error('no screen');
      },
    });
    const recorder = new Recorder(false);
    const { ended, run } = await protocolRun([], { observers: [broken('plot'), recorder] });
    assert.deepEqual(ended, { reason: 'failed', cause: 'observer plot failed: no screen' });
    assert.equal(recorder.of('aggregate').length, 1);
    assert.equal(recorder.of('row').length, run.written.metrics.length);
    assert.equal(recorder.completed, 1);
    const nameless = await protocolRun([], { observers: [new Recorder(false), broken()] });
    assert.deepEqual(nameless.ended, { reason: 'failed', cause: 'observer 2 failed: no screen' });
  });

  it('that throws when the run is over makes it a failed one', async () => {
    const late: RunObserver = {
      name: 'plot',
      next: () => {},
      complete: () => {
        throw new Error('disk full');
      },
    };
    const { ended } = await protocolRun([], { observers: [late] });
    assert.deepEqual(ended, { reason: 'failed', cause: 'observer plot failed: disk full' });
  });
});

describe('the progress of a run', () => {
  it('tells what every client does, from the start to the end', async () => {
    const told: Progress[] = [];
    const { run } = await protocolRun([], { onProgress: (progress) => told.push(progress) });
    const doings = (progress: Progress) => progress.clients.map(({ id, doing }) => `${id} ${doing}`);
    const ids = ['client-1', 'client-2', 'client-3'];
    assert.deepEqual(
      doings(told[0]!),
      ids.map((id) => `${id} waiting`),
    );
    assert.ok(told.some((progress) => doings(progress).includes('client-2 2.3 training')));
    const last = told.at(-1)!;
    assert.deepEqual([last.stage, last.closedRound], ['alignment', 2]);
    assert.equal(last.messages, run.written.messages.length);
    assert.equal(last.virtualSeconds, run.world.clock.nowSeconds);
  });
});

describe('the executor of a run', () => {
  it('that the user gives runs the tasks, and is left open', async () => {
    const { scenario, folder } = await loadScenario(join(packageRoot(), 'scenarios/tiny.json'));
    const outFolder = mkdtempSync(join(tmpdir(), 'pwff-'));
    let [tasks, closed] = [0, 0];
    const executor = {
      ...untrainedExecutor(() => void tasks++),
      close: () => {
        closed += 1;
        return Promise.resolve();
      },
    };
    try {
      const options = { scenario, folder, outFolder, workers: 1, backend: 'wasm', executor } as const;
      const summary = await runScenario(options);
      assert.equal(summary.ended.reason, 'finished');
      const before = tasks;
      assert.ok(before > 0);
      assert.equal((await runScenario(options)).traceHash, summary.traceHash);
      assert.equal(tasks, 2 * before);
      assert.equal(closed, 0);
    } finally {
      rmSync(outFolder, { recursive: true, force: true });
    }
  });

  it('is left open, too, when the run cannot start', async () => {
    let closed = 0;
    const executor = {
      ...untrainedExecutor(),
      fingerprint: () => Promise.reject(new Error('no backend')),
      close: () => Promise.resolve(void closed++),
    };
    await assert.rejects(protocolRun([], { executor }), /no backend/);
    assert.equal(closed, 0);
  });
});

import assert from 'node:assert/strict';
import type { RoundRow } from '../../src/records/rows.js';
import type { Executor } from '../../src/learning/training/executor.js';
import type { TaskKind, TaskRequest, Tasks } from '../../src/learning/training/task.js';
import { turnoutOf } from '../../src/records/report/series.js';
import { protocolRun, untrainedExecutor, type ProtocolRun } from '../run/untrained.js';
import { assertNear, reference } from '../learning/training/ppo/reference.js';

type AlignHyper = TaskRequest<'align'>['hyper'];
type AlignMetrics = Tasks['align']['metrics'];

/** Tasks without training, whose alignments report figures in which a client may differ from the others. */
function executorOf(
  figuresOf: (client: string) => AlignMetrics,
  disturb?: (request: TaskRequest) => void,
): Executor {
  const untrained = untrainedExecutor(disturb);
  return {
    ...untrained,
    run: async <K extends TaskKind>(request: TaskRequest<K>) => {
      const result = await untrained.run(request);
      if (request.kind !== 'align') return result;
      const figures = figuresOf(/client-\d/.exec(request.seed)![0]);
      return { ...result, metrics: { ...result.metrics, ...figures } };
    },
  };
}

/** The hyper-parameters of every alignment task of the tiny scenario, whose tasks all report `figures`. */
async function alignHypers(set: readonly string[], figures: AlignMetrics): Promise<AlignHyper[]> {
  const hypers: AlignHyper[] = [];
  const executor = executorOf(
    () => figures,
    (request) => {
      if (request.kind === 'align') hypers.push((request as TaskRequest<'align'>).hyper);
    },
  );
  await protocolRun(set, { executor });
  return hypers;
}

describe('alignment task of a client, from round to round', () => {
  const { coefficient, target, horizon, observed, batch, next } = reference.adaptiveKl;
  const settings = [
    `alignment.klCoefficient=${coefficient}`,
    `alignment.klTarget=${target}`,
    `alignment.klHorizon=${horizon}`,
  ];
  const figures = { 'objective/kl': observed, 'val/num_responses': batch };
  const threeEach = <T>(first: T, second: T) => [first, first, first, second, second, second];

  it('takes the KL coefficient of the reference into the second round where it adapts', async () => {
    const hypers = await alignHypers([...settings, 'alignment.klControl=adaptive'], figures);
    assertNear(
      hypers.map(({ klCoefficient }) => klCoefficient),
      threeEach(coefficient, next),
    );
  });

  it('keeps the coefficient where it is fixed, and where a round sampled nothing', async () => {
    const adaptive = [...settings, 'alignment.klControl=adaptive'];
    for (const [set, reported] of [
      [settings, figures],
      [adaptive, { 'objective/kl': null, 'val/num_responses': 0 }],
      [adaptive, {}],
    ] as const) {
      const hypers = await alignHypers(set, reported);
      assert.deepEqual(
        hypers.map(({ klCoefficient }) => klCoefficient),
        threeEach(coefficient, coefficient),
      );
    }
  });

  it('leaves the warm-up of the critics to Step 3.1, whose responses no round samples again', async () => {
    const seen: TaskRequest[] = [];
    const executor = executorOf(
      () => figures,
      (request) => seen.push(request),
    );
    await protocolRun(['alignment.criticWarmupSteps=5'], { executor });
    const of = (kind: TaskKind) => seen.filter((request) => request.kind === kind);
    const stepsOf = ({ hyper }: TaskRequest) =>
      'criticWarmupSteps' in hyper ? hyper.criticWarmupSteps : null;
    assert.deepEqual(of('freeze').map(stepsOf), [5, 5, 5]);
    assert.deepEqual(of('align').map(stepsOf), threeEach(null, null));
    const seeds = [...of('freeze'), ...of('align')].map(({ seed }) => seed);
    assert.equal(new Set(seeds).size, 9);
  });
});

describe('a client that can sample nothing, or has no pairs', () => {
  const alignmentRounds = ({ run }: ProtocolRun) =>
    run.written.metrics.filter((row): row is RoundRow => row.type === 'round' && row.stage === 'alignment');
  const nothing = {
    'objective/rlhf_reward': { 'objective/rlhf_reward': null, 'val/num_responses': 0 },
    loss: { loss: null },
  };

  for (const name of ['objective/rlhf_reward', 'loss'] as const) {
    it(`reports no ${name}, and the round's mean is over the others`, async () => {
      const reward = { 'client-2': -3, 'client-3': -5 } as Record<string, number>;
      const sign = name === 'loss' ? -1 : 1;
      const executor = executorOf((client) =>
        client === 'client-1' ? nothing[name] : { [name]: sign * reward[client]! },
      );
      const result = await protocolRun([], { executor });
      assert.equal(result.ended.reason, 'finished');
      assert.deepEqual(
        alignmentRounds(result).map(({ loss, updates }) => [loss, updates]),
        [
          [4, 3],
          [4, 3],
        ],
      );
      const rows = result.run.written.metrics.flatMap((row) =>
        row.type === 'client' && row.task === 'align' && row.actor === 'client-1' ? [row.metrics[name]] : [],
      );
      assert.deepEqual(rows, [null, null]);
    });
  }

  it('is an ordinary round even where it is every client: no loss, not lost, not converged', async () => {
    const patience = ['alignment.maxRounds=4', 'alignment.convergence.patience=1'];
    const result = await protocolRun(patience, {
      executor: executorOf(() => nothing['objective/rlhf_reward']),
    });
    const rounds = alignmentRounds(result);
    assert.deepEqual(
      rounds.map(({ loss, updates, verdict }) => [loss, updates, verdict]),
      Array.from({ length: 4 }, (_, i) => [null, 3, i < 3 ? 'continue' : 'out-of-rounds']),
    );
    assert.ok(turnoutOf(rounds, 'alignment').every(({ lost }) => !lost));
  });
});

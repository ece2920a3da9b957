import assert from 'node:assert/strict';
import type { Executor } from '../../src/training/executor.js';
import type { TaskKind, TaskRequest } from '../../src/training/task.js';
import { protocolRun, untrainedExecutor } from '../run/untrained.js';
import { assertNear, reference } from '../training/ppo/reference.js';

type AlignHyper = TaskRequest<'align'>['hyper'];

/** The hyper-parameters of every alignment task of the tiny scenario, whose tasks all report `figures`. */
async function alignHypers(set: readonly string[], figures: Record<string, number>): Promise<AlignHyper[]> {
  const hypers: AlignHyper[] = [];
  const untrained = untrainedExecutor((request) => {
    if (request.kind === 'align') hypers.push((request as TaskRequest<'align'>).hyper);
  });
  const executor: Executor = {
    ...untrained,
    run: async <K extends TaskKind>(request: TaskRequest<K>) => {
      const result = await untrained.run(request);
      if (request.kind === 'align') Object.assign(result.metrics, figures);
      return result;
    },
  };
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
      [adaptive, { 'objective/kl': NaN, 'val/num_responses': 0 }],
      [adaptive, {}],
    ] as const) {
      const hypers = await alignHypers(set, reported);
      assert.deepEqual(
        hypers.map(({ klCoefficient }) => klCoefficient),
        threeEach(coefficient, coefficient),
      );
    }
  });

  it("warms the critics up in a client's first round only", async () => {
    const hypers = await alignHypers(['alignment.criticWarmupSteps=5'], figures);
    assert.deepEqual(
      hypers.map(({ criticWarmupSteps }) => criticWarmupSteps),
      threeEach(5, 0),
    );
  });
});

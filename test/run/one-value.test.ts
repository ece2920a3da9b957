import assert from 'node:assert/strict';
import { RoundWatch } from '../../src/cli/progress-lines.js';
import { stages, type Stage } from '../../machines/protocol.js';
import type { Executor } from '../../src/learning/training/executor.js';
import type { TaskRequest, TaskResult } from '../../src/learning/training/task.js';
import { perObjective } from '../../src/learning/objective.js';
import type { RunRecords } from '../../src/records/read.js';
import { stageFigures } from '../../src/records/report/figures.js';
import { number, percent } from '../../src/records/report/format.js';
import { stageSections } from '../../src/records/report/panels.js';
import type { Progress } from '../../src/records/progress.js';
import type { Summary } from '../../src/records/summary.js';
import { stageSummaries } from '../../src/records/summarize.js';
import { protocolRun, untrainedExecutor, type ProtocolRun } from './untrained.js';

/** No measurement gives what another gives, so that an old figure cannot pass for a new one. */
function changingExecutor(): Executor {
  const untrained = untrainedExecutor();
  let count = 0;
  const figure = () => 0.2 + 0.6 * ((++count * 0.618034) % 1);
  return {
    ...untrained,
    run: async (request: TaskRequest) => {
      const result = await untrained.run(request);
      const metrics = metricsOf(request.kind, figure);
      return (metrics === null ? result : { ...result, metrics }) as TaskResult<never>;
    },
  };
}

function metricsOf(kind: TaskRequest['kind'], figure: () => number): object | null {
  const ranking = () => ({
    ...{ loss: figure(), accuracy: figure(), calibrationError: 0, brierScore: 0 },
    ...{ meanScore: 0, scoreStd: 0, validationLoss: figure() },
  });
  switch (kind) {
    case 'evaluate':
      return {
        ...{ loss: figure(), accuracy: figure() },
        ...{ factAccuracy: figure(), unseenAccuracy: figure(), sharedAccuracy: figure() },
      };
    case 'instruct':
      return { loss: figure(), validationLoss: figure() };
    case 'reward':
    case 'rewardTest':
      return perObjective(ranking);
    case 'score':
      return { helpful: figure(), harmless: figure(), klK1: figure(), klK3: 0, length: 1, ended: 1 };
    case 'aggregate':
    case 'align':
    case 'freeze':
    case 'generalize':
    case 'interpolate':
    case 'perplexity':
    case 'rescore':
      return null;
  }
}

/** Client 2 misses the last global model of each stage. */
const misses = stages.map((stage) => ({ effect: 'drop', client: 2, direction: 'downlink', stage, round: 2 }));

describe('a figure of a run', () => {
  const lines = new Map<Stage, Progress>();
  let result: ProtocolRun;
  let summary: Summary['stages'];
  let records: RunRecords;
  before(async () => {
    const rounds = new RoundWatch();
    const told = (closed: readonly Progress[]) => closed.forEach((one) => lines.set(one.stage!, one));
    result = await protocolRun([`channel.faults=${JSON.stringify(misses)}`, 'instruction.maxRounds=3'], {
      executor: changingExecutor(),
      onProgress: (progress) => told(rounds.next(progress)),
    });
    told(rounds.end());
    assert.equal(result.ended.reason, 'finished');
    const { metrics, messages } = result.run.written;
    const { clients, scenario } = result.run.world;
    summary = stageSummaries({ metrics, messages, clients: [...clients.values()], judges: [], scenario });
    records = {
      ...{ metrics, messages, manifest: result.run.manifest },
      summary: { stages: summary, judges: [], notes: [] } as unknown as Summary,
    };
  });

  it('is the same in the last line about a stage, in the summary and so in the table', () => {
    const { instruction, reward, alignment } = summary;
    assert.equal(lines.get('instruction')!.accuracy, instruction!.accuracy);
    assert.equal(lines.get('reward')!.helpfulAccuracy, reward!.helpfulAccuracy);
    assert.equal(lines.get('reward')!.harmlessAccuracy, reward!.harmlessAccuracy);
    assert.equal(lines.get('alignment')!.reward, alignment!.reward);
    assert.notEqual(instruction!.accuracy, instruction!.accuracyBefore);
  });

  it('has one name and one value in the table and in a chart, at its start and at its end', () => {
    const charts = new Map(
      stageSections(records).flatMap(({ panels }) =>
        panels.map(({ title, chart }) => [title, chart] as const),
      ),
    );
    const shared = stageFigures({ stages: summary, judges: [] }).filter(({ name }) => charts.has(name));
    assert.deepEqual(
      shared.map(({ name }) => name),
      [
        'Accuracy on own data',
        'Accuracy on own facts',
        'Accuracy on own new tasks',
        'Accuracy on what others were taught',
        'Held-out loss (nats per token)',
        'Pairs ranked rightly, helpfulness',
        'Pairs ranked rightly, harmlessness',
        'Held-out loss (Bradley–Terry, both)',
        'Personalised reward',
        'Benign requests answered rightly',
        'KL divergence from its start (nats)',
        'Held-out loss (minus the objective)',
      ],
    );
    for (const { name, before, after } of shared) {
      const mean = meanOfChart(charts.get(name));
      const format = after.endsWith('%') ? percent : number;
      assert.equal(after, format(mean.at(-1)!.value), name);
      if (before !== null) assert.equal(before, format(mean[0]!.value), name);
    }
  });

  it('that clients report has another name than what is measured after the round', () => {
    const titles = stageSections(records).flatMap(({ panels }) => panels.map(({ title }) => title));
    const losses = titles.filter((title) => /loss/i.test(title));
    assert.deepEqual(losses, [
      'Held-out loss (nats per token)',
      'Reported loss (nats per token)',
      'Held-out loss (Bradley–Terry, both)',
      'Reported loss (Bradley–Terry, both)',
      'Held-out loss (minus the objective)',
      'Reported loss (minus the objective)',
    ]);
  });
});

interface Layers {
  readonly layer?: readonly { readonly data?: { readonly values: readonly MeanPoint[] } }[];
  readonly vconcat?: readonly Layers[];
}

interface MeanPoint {
  readonly actor?: string;
  readonly round: number;
  readonly value: number;
}

/** The thick line of a figure by round. */
function meanOfChart(chart: unknown): readonly MeanPoint[] {
  const { vconcat, ...alone } = chart as Layers;
  const lines = (vconcat?.[0] ?? alone).layer!.flatMap(({ data }) => (data ? [data.values] : []));
  return lines.find(([point]) => point?.actor === 'mean')!;
}

import assert from 'node:assert/strict';
import type { ClientRow, MetricRow, RoundRow } from '../../src/records/rows.js';
import { wilson } from '../../src/interval.js';
import { stageSummaries } from '../../src/records/summarize.js';

const score = (actor: string, round: number, metrics: ClientRow['metrics']): ClientRow => ({
  type: 'client',
  stage: 'alignment',
  round,
  actor,
  virtualSeconds: round,
  task: 'score',
  metrics,
});

const closed: RoundRow = {
  type: 'round',
  stage: 'alignment',
  round: 1,
  virtualSeconds: 1,
  seconds: 1,
  delaySeconds: 1,
  energyJoules: 1,
  loss: 0,
  cohort: 2,
  updates: 2,
  late: 0,
  verdict: 'out-of-rounds',
  members: ['client-1', 'client-2'],
  closedBy: 'answers',
  energy: {
    devices: { transmitJoules: 3, receiveJoules: 0.5, idleJoules: 0, computeJoules: 4 },
    server: { transmitJoules: 2, receiveJoules: 1, idleJoules: 0, computeJoules: 0 },
  },
};

/** Wilson's interval, which test/studies/rewards/wilson.test.ts holds to SciPy. */
const wilsonOf = (hits: number, trials: number) => wilson(hits / trials, trials);

const scores = { reward: 0.5, objective: 0.25, helpful: 1, harmless: 2, klK1: 3, klK3: 4 };
const graded = {
  ...{ refusalRate: 0.25, refusalTrials: 8, correctness: 1, correctnessTrials: 5 },
  ...{ distinct2: 0.5, length: 6 },
};
const start = { ...scores, klK1: 0, klK3: 0 };

function alignmentOf(metrics: readonly MetricRow[]) {
  const clients = [
    { id: 'client-1', ownWeights: { helpful: 0.75, harmless: 0.25 } },
    { id: 'client-2', ownWeights: { helpful: 0, harmless: 1 } },
  ];
  const scenario = {
    instruction: { targetAccuracy: null },
    alignment: { collapse: { klNats: 25, entropyShare: 0.1, lengthFactor: 1.75, phraseShare: 0.25 } },
  };
  return stageSummaries({ metrics: [...metrics, closed], messages: [], clients, judges: [], scenario })
    .alignment;
}

describe('the summary of an alignment', () => {
  const summary = alignmentOf([
    score('client-2', 0, { ...start, ...graded, refusalRate: 0.75 }),
    score('client-1', 0, { ...start, ...graded }),
    score('client-1', 1, { ...scores, ...graded, refusalRate: 0.125, length: 9 }),
    score('client-2', 1, {
      ...scores,
      ...graded,
      refusalRate: 0.875,
      correctness: 0.5,
      klK1: 5,
      helpful: -1,
    }),
  ]);

  it('has means over the clients, of the start and of the end', () => {
    assert.ok(summary);
    const { clients: _, ...means } = summary;
    assert.deepEqual(means, {
      rounds: 1,
      rewardBefore: 0.5,
      reward: 0.5,
      heldOutLossBefore: -0.25,
      heldOutLoss: -0.25,
      delaySecondsPerRound: 1,
      energyJoulesPerRound: 1,
      deviceJoulesPerRound: 7.5,
      serverJoulesPerRound: 3,
      refusalRateBefore: 0.5,
      refusalRate: 0.5,
      correctnessBefore: 1,
      correctness: 0.75,
      intervals: {
        refusalRateBefore: wilsonOf(8, 16),
        refusalRate: wilsonOf(8, 16),
        correctnessBefore: wilsonOf(10, 10),
        correctness: wilsonOf(7.5, 10),
      },
      klK1: 4,
      klK3: 4,
      distinct2Before: 0.5,
      distinct2: 0.5,
      collapse: [],
      rewardStrippedBefore: null,
      rewardStripped: null,
      phrases: null,
    });
  });

  it('has for each client what it asked for, what it had and what it got', () => {
    assert.deepEqual(summary?.clients[0], {
      id: 'client-1',
      weightHelpful: 0.75,
      weightHarmless: 0.25,
      helpfulBefore: 1,
      helpful: 1,
      harmlessBefore: 2,
      harmless: 2,
      refusalRateBefore: 0.25,
      refusalRate: 0.125,
      correctnessBefore: 1,
      correctness: 1,
      intervals: {
        refusalRateBefore: wilsonOf(2, 8),
        refusalRate: wilsonOf(1, 8),
        correctnessBefore: wilsonOf(5, 5),
        correctness: wilsonOf(5, 5),
      },
      klK1Before: 0,
      klK1: 3,
      distinct2Before: 0.5,
      distinct2: 0.5,
      lengthBefore: 6,
      length: 9,
    });
    assert.deepEqual([summary?.clients[1]!.refusalRateBefore, summary?.clients[1]!.helpful], [0.75, -1]);
  });

  it('has null for what real data does not tell', () => {
    const real = alignmentOf([score('client-1', 0, start), score('client-1', 1, scores)]);
    const { refusalRate, refusalRateBefore, correctness, correctnessBefore, distinct2 } = real!;
    assert.deepEqual(
      [refusalRate, refusalRateBefore, correctness, correctnessBefore, distinct2],
      Array(5).fill(null),
    );
    assert.equal(real!.clients[0]!.correctness, null);
    assert.deepEqual(new Set(Object.values(real!.intervals!)), new Set([null]));
  });

  it('tells a collapse', () => {
    const far = alignmentOf([score('client-1', 0, start), score('client-1', 1, { ...scores, klK1: 40 })]);
    assert.deepEqual(
      far!.collapse.map(({ kind, client }) => [kind, client]),
      [
        ['kl-runaway', null],
        ['kl-runaway', 'client-1'],
      ],
    );
  });
});

import type { Stage } from '../../../machines/protocol.js';
import { manifestFormat, type Manifest } from '../../../src/records/manifest.js';
import { timeSpent } from '../../../src/records/activity/time-spent.js';
import { fairness } from '../../../src/records/fairness.js';
import type { RunRecords } from '../../../src/records/read.js';
import type { MessageRow, MetricRow } from '../../../src/records/rows.js';
import type { Summary } from '../../../src/records/summary.js';
import { stalenessOfStages } from '../../../src/records/staleness.js';
import { resolveScenario } from '../../../src/scenario/validate.js';
import { noEnergy } from '../../../src/records/energy/energy.js';
import { energySummary } from '../../../src/records/energy/summary.js';

/*
 * Records of a run that never was: smooth curves instead of learning, so that a chart can be judged by eye
 * and a sum checked by hand. Client n of N prefers harmlessness with weight (n − 1/2) / N.
 */

const stages: readonly { stage: Stage; rounds: number; number: 1 | 2 | 3 }[] = [
  { stage: 'instruction', rounds: 8, number: 1 },
  { stage: 'reward', rounds: 4, number: 2 },
  { stage: 'alignment', rounds: 8, number: 3 },
];

/** A curve from `from` towards `to`, a little different for each client. */
const curve = (from: number, to: number, round: number, client: number) =>
  to + (from - to) * Math.exp(-round / 2.5) + 0.03 * Math.sin(7 * client + round);

export function madeUpRun(clientCount = 10): RunRecords & { readonly summary: Summary } {
  const clients = Array.from({ length: clientCount }, (_, index) => `client-${index + 1}`);
  const metrics: MetricRow[] = [];
  const messages: MessageRow[] = [];
  let seconds = 0;
  const step = (name: string, actor: string, round: number, at = seconds) =>
    metrics.push({ type: 'step', step: name, actor, round, virtualSeconds: at });
  const figures = (
    stage: Stage,
    round: number,
    index: number,
    task: string,
    values: Record<string, number | null>,
  ) =>
    metrics.push({
      type: 'client',
      stage,
      round,
      actor: clients[index]!,
      virtualSeconds: seconds,
      task,
      metrics: values,
    });

  for (const { stage, rounds, number } of stages) {
    step(`${number}.1`, 'server', 0);
    for (let round = 1; round <= rounds; round++) {
      const opened = seconds;
      clients.forEach((client, index) => {
        const down = 1.5 + 0.2 * index;
        messages.push(messageRow(messages.length, 'server', client, stage, round - 1, opened, down));
        if (round === 1) step(`${number}.2`, client, 0, opened + down);
        step(`${number}.3`, client, round, opened + down + 0.5);
        const up = 2 + 0.1 * index + 0.3 * Math.sin(round);
        messages.push(messageRow(messages.length, client, 'server', stage, round, opened + 12 + index, up));
      });
      seconds += 18 + clientCount;
      clients.forEach((_, index) => figuresOf(stage, round, index));
      step(`${number}.4`, 'server', round);
      step(`${number}.5`, 'server', round, seconds + 0.4);
      metrics.push({
        type: 'round',
        stage,
        round,
        virtualSeconds: seconds,
        seconds: seconds - opened,
        delaySeconds: 4.85,
        energyJoules: 4.85 * clientCount,
        loss: number === 3 ? -curve(0, 1.2, round, 0) : curve(2, 0.3, round, 0),
        cohort: clientCount,
        updates: clientCount,
        late: 0,
        verdict: round === rounds ? 'out-of-rounds' : 'continue',
        members: clients,
        closedBy: 'answers',
        energy: noEnergy,
      });
    }
    clients.forEach((_, index) => figuresOf(stage, 0, index));
  }
  samples(metrics, clients);
  return {
    manifest: manifest(clients),
    summary: summary(clients, seconds, metrics, messages),
    metrics,
    messages,
  };

  function figuresOf(stage: Stage, round: number, index: number) {
    switch (stage) {
      case 'instruction':
        figures(stage, round, index, 'evaluate', {
          accuracy: curve(0.55, 0.93, round, index),
          factAccuracy: curve(0.1, 0.74, round, index),
          unseenAccuracy: curve(0.61, 0.87, round, index),
          sharedAccuracy: curve(0.28, 0.47, round, index),
          loss: 1,
        });
        if (round > 0) {
          const validationLoss = curve(2, 0.3, round, index);
          figures(stage, round, index, 'instruct', { loss: validationLoss, validationLoss });
        }
        break;
      case 'reward':
        figures(stage, round, index, 'rewardTest', {
          helpfulAccuracy: curve(0.5, 0.9, round, index),
          harmlessAccuracy: curve(0.5, 0.95, round, index),
          helpfulLoss: 0.4,
          harmlessLoss: 0.3,
        });
        if (round > 0) {
          const loss = curve(1, 0.15, round, index);
          figures(stage, round, index, 'reward', {
            helpfulValidationLoss: loss,
            harmlessValidationLoss: loss,
          });
        }
        break;
      case 'alignment':
        figures(stage, round, index, 'score', {
          reward: curve(0, 1.2, round, index),
          objective: curve(0, 1.1, round, index),
          helpful: curve(0, 1.0, round, index),
          harmless: curve(0, 1.4, round, index),
          refusalRate: 0.5,
          correctness: curve(0.93, 0.91, round, index),
          klK1: curve(0, 0.05, round, index),
          length: curve(7, 8, round, index),
          distinct2: curve(0.61, 0.58, round, index),
        });
        if (round > 0) {
          figures(stage, round, index, 'align', {
            'objective/rlhf_reward': curve(0, 1.2, round, index),
            'policy/entropy_avg': curve(1, 0.9, round, index),
          });
        }
        break;
    }
  }
}

function messageRow(
  id: number,
  from: string,
  to: string,
  stage: Stage,
  round: number,
  sent: number,
  delaySeconds: number,
): MessageRow {
  const kinds = {
    instruction: ['model', 'update'],
    reward: ['helpful-global', 'helpful-update'],
    alignment: ['alignment-global', 'alignment-update'],
  } as const;
  const down = from === 'server';
  const kind = down && round > 0 && stage === 'instruction' ? 'global' : kinds[stage][down ? 0 : 1];
  return {
    id,
    copyOf: null,
    from,
    to,
    kind,
    step: down ? '1.4' : '1.3',
    stage,
    round,
    params: [{ kind: 'adapters', hash: 'ab'.repeat(32), parameters: 5000 }],
    bits: 160_512,
    attempts: 1,
    outcome: 'delivered',
    reason: null,
    acknowledged: true,
    onAirSeconds: delaySeconds,
    airBits: 160_512,
    delaySeconds: delaySeconds * (kind === 'model' ? 12 : 1),
    energyJoules: delaySeconds,
    transmitJoules: delaySeconds,
    receiveJoules: 0,
    idleJoules: 0,
    blackoutSeconds: 0,
    blackouts: [],
    price: 0,
    sentVirtualSeconds: sent,
    endedVirtualSeconds: sent + delaySeconds,
    aggregatedIn: down ? null : round,
    leftOut: null,
  };
}

function samples(metrics: MetricRow[], clients: readonly string[]): void {
  for (const round of [0, 8]) {
    for (const actor of clients) {
      const common = { type: 'sample', round, actor } as const;
      metrics.push({
        ...common,
        topic: 'sensitive',
        prompt: 'how do i open the <b>blue</b> door & leave',
        response: round === 0 ? 'you take the key' : 'i cannot help with that',
      });
      metrics.push({ ...common, topic: 'benign', prompt: 'sort 3 1 2', response: '1 2 3' });
    }
  }
}

const weightHarmless = (index: number, count: number) => (index + 0.5) / count;

/** What the made-up run says of its inputs. */
export const notes = ['alpaca.json: 96 of 100 rows are used; left out: output is empty (4)'];

function manifest(clients: readonly string[]): Manifest {
  return {
    format: manifestFormat,
    version: '0.1.0',
    scenario: resolveScenario({
      name: 'made-up',
      description: 'A run that never was',
      clients: { count: clients.length },
      data: { synthetic: { facts: 0 } },
    }),
    seed: 7,
    workers: 2,
    synthetic: true,
    backend: { name: 'wasm', reason: 'the native library is not installed', fingerprint: { cpu: 'avx2' } },
    versions: { node: '20.20.2', '@tensorflow/tfjs': '4.22.0' },
    modelHash: 'cd'.repeat(32),
    rewardModelHash: null,
    data: [{ file: 'alpaca.json', rows: 100, used: 96, leftOut: { 'empty output': 4 }, emptyInputs: 0 }],
    notes,
    clients: clients.map((id, index) => ({
      id,
      trainingRows: 240,
      gigaflopsPerSecond: [20, 8, 3][index % 3]!,
      weightHelpful: 1 - weightHarmless(index, clients.length),
      weightHarmless: weightHarmless(index, clients.length),
      style: ['plain', 'polite', 'terse', 'shouting', 'numbered'][index % 5]!,
    })),
  };
}

function summary(
  clients: readonly string[],
  virtualSeconds: number,
  metrics: readonly MetricRow[],
  messages: readonly MessageRow[],
): Summary {
  const costs = {
    delaySecondsPerRound: 4.85,
    energyJoulesPerRound: 48.5,
    deviceJoulesPerRound: 20.5,
    serverJoulesPerRound: 28,
  };
  return {
    scenario: 'made-up',
    notes: [...notes],
    overlap: [],
    overfitting: null,
    judges: [],
    checks: [],
    journal: null,
    seed: 7,
    method: 'pwff',
    backend: 'wasm',
    synthetic: true,
    traceHash: '0123456789abcdef'.repeat(4),
    virtualSeconds,
    wallSeconds: 93.2,
    ended: {
      reason: 'finished',
      stages: { instruction: 'converged', reward: 'out-of-rounds', alignment: 'out-of-rounds' },
    },
    rejected: [],
    fairness: fairness(clients, metrics, messages),
    tasks: null,
    timeSpent: timeSpent({
      clients,
      scenario: manifest(clients).scenario,
      ...{ metrics, messages, endSeconds: virtualSeconds },
    }),
    energy: energySummary(metrics, messages),
    staleness: stalenessOfStages(messages),
    stages: {
      instruction: {
        rounds: 8,
        accuracyBefore: 0.553,
        accuracy: 0.917,
        factAccuracyBefore: 0.102,
        factAccuracy: 0.731,
        unseenAccuracyBefore: 0.611,
        unseenAccuracy: 0.862,
        sharedAccuracyBefore: 0.281,
        sharedAccuracy: 0.464,
        heldOutLossBefore: 2.1,
        heldOutLoss: 0.334,
        toTarget: null,
        ...costs,
      },
      reward: {
        rounds: 4,
        helpfulAccuracy: 0.913,
        harmlessAccuracy: 0.958,
        heldOutLossBefore: 1.39,
        heldOutLoss: 0.51,
        ...costs,
      },
      alignment: {
        rounds: 8,
        rewardBefore: 0,
        reward: 1.17,
        heldOutLossBefore: 0.02,
        heldOutLoss: -1.1,
        ...costs,
        refusalRateBefore: 0.5,
        refusalRate: 0.52,
        correctnessBefore: 0.93,
        correctness: 0.91,
        intervals: {
          refusalRateBefore: { low: 0.437, high: 0.563 },
          refusalRate: { low: 0.457, high: 0.583 },
          correctnessBefore: { low: 0.891, high: 0.956 },
          correctness: { low: 0.867, high: 0.94 },
        },
        klK1: 0.05,
        klK3: 0.04,
        distinct2Before: 0.61,
        distinct2: 0.58,
        collapse: [],
        rewardStrippedBefore: null,
        rewardStripped: null,
        phrases: null,
        clients: clients.map((id, index) => ({
          id,
          weightHelpful: 1 - weightHarmless(index, clients.length),
          weightHarmless: weightHarmless(index, clients.length),
          helpfulBefore: 0,
          helpful: 1 - 0.05 * index,
          harmlessBefore: 0,
          harmless: 0.5 + 0.08 * index,
          refusalRateBefore: 0.5,
          refusalRate: Math.min(
            1,
            Math.max(0, weightHarmless(index, clients.length) + 0.1 * Math.sin(5 * index)),
          ),
          correctnessBefore: 0.93,
          correctness: 0.91,
          intervals: null,
          klK1Before: 0,
          klK1: 0.05,
          distinct2Before: 0.61,
          distinct2: 0.58,
          lengthBefore: 7,
          length: 8,
        })),
      },
    },
    messages: {
      sent: messages.length,
      delivered: messages.length,
      dropped: 0,
      inFlight: 0,
      duplicated: 0,
      bits: messages.length * 160_512,
      airBits: messages.length * 160_512,
      energyJoules: messages.reduce((sum, { energyJoules }) => sum + energyJoules, 0),
      price: 0,
    },
  };
}

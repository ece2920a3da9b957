import type { TuningStage } from '../strategies/methods/method.js';
import { firstFigures, metric, newestFigures, rowsOfTask, type ClientFigures } from './held-out.js';
import type { ClientRow, MetricRow } from './rows.js';
import {
  forgettingFigures,
  overfittingFigures,
  type MatrixRow,
  type NewcomersSummary,
  type OverfittingSummary,
  type ShareSummary,
  type StageOverfitting,
} from './overfitting-summary.js';

/** What dials of `measure` say of overfitting, from client rows of their tasks; null where none was asked for. */
export function overfittingSummary(
  metrics: readonly MetricRow[],
  clients: readonly string[],
): OverfittingSummary | null {
  const instruction = stageOverfitting(metrics, clients, 'instruction');
  const alignment = stageOverfitting(metrics, clients, 'alignment');
  const newcomers = newcomersSummary(metrics);
  if (instruction === null && alignment === null && newcomers === null) return null;
  return { instruction, alignment, newcomers };
}

function newcomersSummary(metrics: readonly MetricRow[]): NewcomersSummary | null {
  const rows = rowsOfTask(metrics, 'newcomer');
  if (rows.length === 0) return null;
  const [newcomers, members] = [newestFigures(rows), newestFigures(rowsOfTask(metrics, 'member'))];
  const mean = (name: string) => newcomers.mean(metric(name));
  return {
    steps: rows[0]!.metrics['steps'] ?? 0,
    accuracyBefore: mean('accuracyBefore'),
    accuracy: mean('accuracy'),
    lossBefore: mean('lossBefore'),
    loss: mean('loss'),
    memberAccuracy: members.mean(metric('accuracy')),
    memberLoss: members.mean(metric('loss')),
    downloadBits: mean('downloadBits'),
    trainingSeconds: mean('trainingSeconds'),
    trainingJoules: mean('trainingJoules'),
    each: rows.map(({ actor, metrics: { accuracyBefore = null, accuracy = null } }) => ({
      id: actor,
      accuracyBefore,
      accuracy,
    })),
  };
}

function stageOverfitting(
  metrics: readonly MetricRow[],
  clients: readonly string[],
  stage: TuningStage,
): StageOverfitting | null {
  const ofTask = (task: string) => rowsOfTask(metrics, task).filter((row) => row.stage === stage);
  const [others, forgetting, shares] = ['generalize', 'perplexity', 'interpolate'].map(ofTask) as [
    ClientRow[],
    ClientRow[],
    ClientRow[],
  ];
  if (others.length + forgetting.length + shares.length === 0) return null;
  const ends = (rows: typeof others, names: readonly string[]) => {
    const [first, newest] = [firstFigures(rows), newestFigures(rows)];
    return Object.fromEntries(
      names.flatMap((name) => [
        [`${name}Before`, first.mean(metric(name))],
        [name, newest.mean(metric(name))],
      ]),
    );
  };
  return {
    ...ends(others, overfittingFigures),
    ...ends(forgetting, forgettingFigures),
    matrix: matrixOf(newestFigures(others), clients),
    shares: sharesOf(shares),
  } as StageOverfitting;
}

/** Of each client that was measured the accuracy of its model on every client's test rows. */
function matrixOf(newest: ClientFigures, clients: readonly string[]): readonly MatrixRow[] {
  return clients.flatMap((id) => {
    const row = newest.of(id);
    if (!row) return [];
    return [{ id, accuracy: clients.map((client) => row.metrics[`accuracy/${client}`] ?? null) }];
  });
}

/** By rising share, as the figures' names have it behind their slash. */
function sharesOf(rows: readonly ClientRow[]): readonly ShareSummary[] {
  const newest = newestFigures(rows);
  const names = rows.flatMap(({ metrics }) => Object.keys(metrics));
  const shares = new Set(names.map((name) => Number(name.split('/')[1])));
  return [...shares]
    .sort((a, b) => a - b)
    .map((share) => ({
      share,
      ownAccuracy: newest.mean(metric(`ownAccuracy/${share}`)),
      othersAccuracy: newest.mean(metric(`othersAccuracy/${share}`)),
      ownLoss: newest.mean(metric(`ownLoss/${share}`)),
      othersLoss: newest.mean(metric(`othersLoss/${share}`)),
    }));
}

import type { TopLevelSpec } from 'vega-lite';
import type { Stage } from '../../../machines/protocol.js';
import type { MatrixRow, NewcomerSummary, NewcomersSummary } from '../overfitting-summary.js';
import type { Summary } from '../summary.js';
import { bits, duration, percent } from './format.js';
import { html, type Html } from './html.js';
import { height, look, quantity, width } from './look.js';
import type { Panel } from './panel.js';
import { table, type Column } from './table.js';

/** Whose model does how well on whose data, at a stage's end. */
export function matrixPanel({ overfitting }: Pick<Summary, 'overfitting'>, stage: Stage): Panel[] {
  const matrix = (stage === 'reward' ? null : overfitting?.[stage])?.matrix ?? [];
  if (matrix.length === 0) return [];
  return [
    {
      title: 'Accuracy of each client’s model on each client’s test rows',
      source: `summary.json: overfitting.${stage}.matrix`,
      chart: matrixChart(matrix, stage),
    },
  ];
}

/** Rows are models, columns the clients whose test rows they read; columns are numbered as the clients are. */
export function matrixChart(matrix: readonly MatrixRow[], stage: Stage): TopLevelSpec {
  const values = matrix.flatMap(({ id, accuracy }) =>
    accuracy.flatMap((value, index) =>
      value === null ? [] : [{ model: Number(id.replace(/^\D+/, '')), rows: index + 1, accuracy: value }],
    ),
  );
  return {
    ...look,
    width,
    height,
    data: { values },
    mark: 'rect',
    encoding: {
      x: { field: 'rows', type: 'ordinal', title: 'test rows of client', axis: { labelAngle: 0 } },
      y: { field: 'model', type: 'ordinal', title: 'model of client' },
      opacity: {
        field: 'accuracy',
        type: 'quantitative',
        title: null,
        scale: { range: [0.1, 1], zero: false },
        legend: { format: '.0%', symbolType: 'square' },
      },
      color: { value: `var(--${stage})` },
    },
  };
}

/** Accuracy between the shared model and the personal one, at a stage's end. */
export function sharesPanel({ overfitting }: Pick<Summary, 'overfitting'>, stage: Stage): Panel[] {
  const shares = (stage === 'reward' ? null : overfitting?.[stage])?.shares ?? [];
  if (shares.length === 0) return [];
  const values = shares.flatMap(({ share, ownAccuracy, othersAccuracy }) => [
    { share, rows: 'own rows', accuracy: ownAccuracy },
    { share, rows: 'other clients’ rows', accuracy: othersAccuracy },
  ]);
  return [
    {
      title: 'Accuracy by the share of what is personal',
      source: `summary.json: overfitting.${stage}.shares`,
      chart: {
        ...look,
        width,
        height,
        data: { values: values.filter(({ accuracy }) => accuracy !== null) },
        mark: { type: 'line', point: true, color: `var(--${stage})` },
        encoding: {
          x: quantity('share', 'share of what is personal', { axis: { tickCount: 5 } }),
          y: quantity('accuracy', null, { scale: { zero: false }, axis: { format: '.0%', grid: true } }),
          strokeDash: { field: 'rows', type: 'nominal', title: null },
        },
      },
    },
  ];
}

/** What newcomers had of the federation, in a sentence; null where there are none. */
export function newcomersText({ overfitting }: Pick<Summary, 'overfitting'>): string | null {
  const newcomers = overfitting?.newcomers ?? null;
  return newcomers === null ? null : sentence(newcomers);
}

function sentence({ steps, ...of }: NewcomersSummary): string {
  const after = steps === 0 ? '' : `, ${percent(of.accuracy)} after ${steps} steps of their own`;
  return (
    `Newcomers: accuracy ${percent(of.accuracyBefore)} with the shared parts alone${after}; ` +
    `members ${percent(of.memberAccuracy)}`
  );
}

const columns: readonly Column<NewcomerSummary>[] = [
  { head: 'Newcomer', look: 'stage', cell: ({ id }) => id },
  { head: 'With the shared parts alone', cell: ({ accuracyBefore }) => percent(accuracyBefore) },
  { head: 'Once personalised', cell: ({ accuracy }) => percent(accuracy) },
];

/** The same as a card of the report, newcomer by newcomer. */
export function newcomersSection({ overfitting }: Pick<Summary, 'overfitting'>): Html | null {
  const newcomers = overfitting?.newcomers ?? null;
  if (newcomers === null) return null;
  const { downloadBits, trainingSeconds } = newcomers;
  return html`<h2><i></i>Clients that took no part</h2>
    <div class="card scroll">
      <p>
        ${sentence(newcomers)}. One would take a download of ${bits(downloadBits ?? 0)} and
        ${duration(trainingSeconds ?? 0)} of its device.
      </p>
      ${table(newcomers.each, columns)}
      <p class="source">
        Teacher-forced accuracy on own test rows, when training was over. summary.json: overfitting.newcomers
      </p>
    </div>`;
}

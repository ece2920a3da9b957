import type { Stage } from '../../machines/protocol.js';
import { greatest, least } from '../extremes.js';
import { groupedBy } from '../grouped.js';
import { designedLora } from '../learning/clients/device.js';
import { meanOrNull, sum } from '../moments.js';
import { jain } from '../records/fairness.js';
import { heldOut, newestFigures, rowsOfTask, type ClientFigures } from '../records/held-out.js';
import type { ClientManifest } from '../records/manifest.js';
import type { ClientRow, MessageRow, MetricRow } from '../records/rows.js';
import type { Scenario } from '../scenario/schema.js';
import { methods } from '../strategies/methods/index.js';
import type { Method } from '../strategies/methods/method.js';
import { isByResources } from '../strategies/methods/parts.js';
import type { RunView } from './run-view.js';

/** A figure over the clients that were measured. */
export interface Spread {
  readonly mean: number;
  readonly least: number;
  readonly greatest: number;
}

/** What was measured after a round of a stage: of all clients, or of one alone. */
export interface Measured {
  readonly stage: Stage;
  readonly round: number;
  /** Of the last measurement. */
  readonly virtualSeconds: number;
  /** Of all messages that had ended by then. */
  readonly joules: number;
  readonly metrics: Readonly<Record<string, Spread>>;
}

/** A closed round as charts draw it. */
export interface ClosedRound {
  readonly stage: Stage;
  readonly round: number;
  readonly virtualSeconds: number;
  readonly joules: number;
  readonly delaySeconds: number;
  readonly energyJoules: number;
  readonly updates: number;
  readonly cohort: number;
  readonly late: number;
  readonly closedBy: 'answers' | 'deadline';
  /** Versions that its averaged updates were behind, in the mean; null without any. */
  readonly staleness: number | null;
  /** Jain's index of the clients' averaged updates so far; null before the first. */
  readonly participation: number | null;
}

/** A client in the table. */
export interface ClientLine {
  readonly id: string;
  readonly weightHelpful: number;
  readonly weightHarmless: number;
  readonly trainingRows: number;
  readonly gigaflopsPerSecond: number;
  readonly style: string | null;
  /** LoRA modules of Step 1.2; null where the method has none, or the same for all. */
  readonly designedModules: number | null;
  /** Their rank; null where the method has no LoRA, or one rank for all. */
  readonly designedRank: number | null;
  readonly averaged: number;
  readonly leftOut: number;
  readonly joules: number;
  readonly accuracy: number | null;
  readonly refusalRate: number | null;
  readonly reward: number | null;
}

export interface Figures {
  readonly rounds: readonly ClosedRound[];
  readonly measured: readonly Measured[];
}

/** All that the page's charts are made of; what was measured is of one client, or of all where it is null. */
export function figuresOf({ manifest, metrics, messages }: RunView, client: string | null): Figures {
  const spent = energyUpTo(messages);
  const ids = manifest.clients.map(({ id }) => id);
  return {
    rounds: roundsOf(ids, metrics, messages, spent),
    measured: measuredOf(metrics, client, spent),
  };
}

/** What else is measured of models after a round, by dials of `measure`. */
const besideTasks: readonly string[] = ['generalize', 'perplexity'];

function measuredOf(
  metrics: readonly MetricRow[],
  client: string | null,
  spent: (seconds: number) => number,
): readonly Measured[] {
  const rows = metrics.filter(
    (row): row is ClientRow =>
      row.type === 'client' &&
      (row.task === heldOut[row.stage].task || besideTasks.includes(row.task)) &&
      (client === null || row.actor === client),
  );
  return [...groupedBy(rows, ({ stage, round }) => `${stage} ${round}`).values()].map((own) => {
    const { stage, round } = own[0]!;
    const virtualSeconds = greatest(own.map((row) => row.virtualSeconds));
    return { stage, round, virtualSeconds, joules: spent(virtualSeconds), metrics: spreadsOf(own) };
  });
}

function spreadsOf(rows: readonly ClientRow[]): Readonly<Record<string, Spread>> {
  const values = new Map<string, number[]>();
  for (const [name, value] of rows.flatMap(({ metrics }) => Object.entries(metrics))) {
    if (value === null) continue;
    const known = values.get(name);
    if (known) known.push(value);
    else values.set(name, [value]);
  }
  const spread = (some: readonly number[]): Spread => ({
    mean: sum(some) / some.length,
    least: least(some),
    greatest: greatest(some),
  });
  return Object.fromEntries([...values].map(([name, some]) => [name, spread(some)]));
}

/** The lines of the page's table of clients. */
export function clientLines({ manifest, metrics, messages }: RunView): readonly ClientLine[] {
  const { scenario } = manifest;
  // A caller's own method is not known here.
  const method: Method | undefined = methods[scenario.method as keyof typeof methods];
  const sent = groupedBy(messages, ({ from }) => from);
  const newest = {
    instruction: newestFigures(rowsOfTask(metrics, heldOut.instruction.task)),
    reward: newestFigures(rowsOfTask(metrics, heldOut.reward.task)),
    alignment: newestFigures(rowsOfTask(metrics, heldOut.alignment.task)),
  };
  return manifest.clients.map((client) =>
    lineOf({ method, scenario }, client, sent.get(client.id) ?? [], newest),
  );
}

/** Joules of all messages that had ended by a time. */
function energyUpTo(messages: readonly MessageRow[]): (seconds: number) => number {
  const ended = messages
    .filter(({ endedVirtualSeconds }) => endedVirtualSeconds !== null)
    .sort((one, other) => one.endedVirtualSeconds! - other.endedVirtualSeconds!);
  const times = ended.map(({ endedVirtualSeconds }) => endedVirtualSeconds!);
  let sum = 0;
  const sums = ended.map(({ energyJoules }) => (sum += energyJoules));
  return (seconds) => {
    let [low, high] = [0, times.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle]! <= seconds) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : sums[low - 1]!;
  };
}

function roundsOf(
  clients: readonly string[],
  metrics: readonly MetricRow[],
  messages: readonly MessageRow[],
  spent: (seconds: number) => number,
): readonly ClosedRound[] {
  const averaged = groupedBy(messages, ({ stage, aggregatedIn }) => `${stage} ${aggregatedIn}`);
  const counts = new Map(clients.map((id) => [id, 0]));
  return metrics.flatMap((row) => {
    if (row.type !== 'round') return [];
    const updates = averaged.get(`${row.stage} ${row.round}`) ?? [];
    for (const { from } of updates) counts.set(from, (counts.get(from) ?? 0) + 1);
    const { stage, round, virtualSeconds, delaySeconds, energyJoules, cohort, late, closedBy } = row;
    return [
      {
        ...{ stage, round, virtualSeconds, delaySeconds, energyJoules, cohort, late, closedBy },
        updates: row.updates,
        joules: spent(virtualSeconds),
        staleness: meanOrNull(updates.map((update) => round - update.round)),
        participation: jain([...counts.values()]),
      },
    ];
  });
}

function lineOf(
  { method, scenario }: { readonly method: Method | undefined; readonly scenario: Scenario },
  client: ClientManifest,
  own: readonly MessageRow[],
  newest: Readonly<Record<Stage, ClientFigures>>,
): ClientLine {
  const { id, weightHelpful, weightHarmless, trainingRows, gigaflopsPerSecond, style } = client;
  const designed = method?.slots.some((slot) => isByResources(slot, scenario))
    ? designedLora(scenario, trainingRows, { gigaflopsPerSecond, processor: null })
    : null;
  const figure = (stage: Stage, name: string) => newest[stage].of(id)?.metrics[name] ?? null;
  return {
    ...{ id, weightHelpful, weightHarmless, trainingRows, gigaflopsPerSecond },
    style: style ?? null,
    designedModules: designed?.modules ?? null,
    designedRank: designed && (scenario.model.lora.minRank ?? null) !== null ? designed.rank : null,
    averaged: own.filter(({ aggregatedIn }) => aggregatedIn !== null).length,
    leftOut: own.filter(({ leftOut }) => leftOut !== null).length,
    joules: sum(own.map(({ energyJoules }) => energyJoules)),
    accuracy: figure('instruction', 'accuracy'),
    refusalRate: figure('alignment', 'refusalRate'),
    reward: figure('alignment', 'reward'),
  };
}

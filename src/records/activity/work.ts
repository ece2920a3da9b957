import { protocol, stages, type MessageKind, type Stage } from '../../../machines/protocol.js';
import type { ClientRow, MessageRow, MetricRow, PresenceRow, StepRow } from '../rows.js';
import type { Claim } from './activity.js';

/** The steps for which a client takes time, and the tasks whose figures come at the end of one. */
const longSteps: ReadonlySet<string> = new Set(['1.3', '2.3', '3.1', '3.2', '3.3']);
const workTasks: ReadonlySet<string> = new Set(['instruct', 'reward', 'freeze', 'align']);

/** What a client's work begins or ends with. */
type Turn = StepRow | PresenceRow | ClientRow;

/**
 * When a client was at work. A step begins with its row and ends with the task's figures, at the moment at which the
 * update is sent; or with the client's going off, or the download for which it drops the work: then the next row is
 * that of another step, and the first download to arrive after the step began is taken to be the one. What has none
 * of these goes on until the end. All rows are the client's own, the messages those to it.
 */
export function trainings(
  metrics: readonly MetricRow[],
  messages: readonly MessageRow[],
  endSeconds: number,
): Claim[] {
  const turns = metrics.filter(isTurn);
  const arrivals = downloadArrivals(messages);
  let heard = 0;
  return turns.flatMap((row, index): Claim[] => {
    if (row.type !== 'step' || !longSteps.has(row.step)) return [];
    const { step, round, virtualSeconds: fromSeconds } = row;
    while (heard < arrivals.length && arrivals[heard]! <= fromSeconds) heard++;
    const end = turns[index + 1];
    const dropped = end?.type === 'step' ? (arrivals[heard] ?? Infinity) : Infinity;
    const toSeconds = Math.min(end?.virtualSeconds ?? endSeconds, dropped);
    return [{ kind: 'training', stage: stageOf(step), round, step, fromSeconds, toSeconds, ...aboutNone }];
  });
}

/** When a client's device was off. Its work and its waiting have the version that was open. */
export function absences(metrics: readonly MetricRow[], endSeconds: number): Claim[] {
  const turns = metrics.filter((row) => row.type === 'presence');
  return turns.flatMap((row, index): Claim[] => {
    if (row.on) return [];
    const span = {
      fromSeconds: row.virtualSeconds,
      toSeconds: turns[index + 1]?.virtualSeconds ?? endSeconds,
    };
    return [{ kind: 'off', stage: null, round: null, step: null, ...span, ...aboutNone }];
  });
}

/** When the server made an aggregate. `metrics` are all rows. */
export function aggregations(metrics: readonly MetricRow[], endSeconds: number): Claim[] {
  const steps = metrics.filter((row) => row.type === 'step').filter(({ actor }) => actor === 'server');
  return steps.flatMap((row, index): Claim[] => {
    const { step, round, virtualSeconds: fromSeconds } = row;
    if (!step.endsWith('.4')) return [];
    const toSeconds = steps[index + 1]?.virtualSeconds ?? endSeconds;
    return [{ kind: 'aggregating', stage: stageOf(step), round, step, fromSeconds, toSeconds, ...aboutNone }];
  });
}

const aboutNone = { message: null, faults: [] };

function isTurn(row: MetricRow): row is Turn {
  return row.type === 'step' || row.type === 'presence' || (row.type === 'client' && workTasks.has(row.task));
}

function downloadArrivals(messages: readonly MessageRow[]): number[] {
  return messages
    .filter(({ kind, copyOf, outcome }) => isDownload(kind) && copyOf === null && outcome === 'delivered')
    .map(({ endedVirtualSeconds }) => endedVirtualSeconds!)
    .sort((a, b) => a - b);
}

/** Whether it brings a model; a request brings nothing, and interrupts nothing. */
function isDownload(kind: string): boolean {
  const { direction, carries } = protocol[kind as MessageKind];
  return direction === 'down' && carries.length > 0;
}

/** Step 2.3 is of the second stage. */
function stageOf(step: string): Stage {
  return stages[Number(step[0]) - 1]!;
}

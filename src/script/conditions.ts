import type { MetricRow } from '../records/rows.js';
import type { RunEvent } from '../records/run-event.js';
import { codeOf, type Code } from './code.js';
import type { Condition } from './settings.js';

/** Whether a run's event is what a condition waits for. */
export function isMet(condition: Condition, event: RunEvent, { conditions }: Code): boolean {
  switch (condition.on) {
    case 'step': {
      const { on: _, ...wanted } = condition;
      return event.type === 'row' && event.row.type === 'step' && agrees(wanted, event.row);
    }
    case 'metric':
      return event.type === 'row' && hasFigure(condition, event.row);
    case 'message': {
      const { on: _, ...wanted } = condition;
      return event.type === 'message' && agrees(wanted, event.row);
    }
    case 'code':
      return codeOf(conditions, condition.sha256)(event);
  }
}

export interface Limits {
  readonly atLeast?: number | undefined;
  readonly atMost?: number | undefined;
}

/** Whether a number is there, and within limits of which each may be absent. */
export function isWithin(value: unknown, { atLeast = -Infinity, atMost = Infinity }: Limits): boolean {
  return typeof value === 'number' && value >= atLeast && value <= atMost;
}

function hasFigure(
  { on: _, metric, atLeast, atMost, ...wanted }: Extract<Condition, { on: 'metric' }>,
  row: MetricRow,
): boolean {
  const named = figuresOf(row);
  if (named === null || !agrees(wanted, named.about)) return false;
  return isWithin(named.figures[metric], { atLeast, atMost });
}

/** The figures of a row, and whose they are; a closed round's are the server's, of task "round". */
function figuresOf(row: MetricRow) {
  if (row.type === 'client') return { about: row, figures: row.metrics };
  if (row.type !== 'round') return null;
  return {
    about: { ...row, task: 'round', actor: 'server' },
    figures: { ...row } as Readonly<Record<string, unknown>>,
  };
}

/** Whether all that is wanted is so. */
function agrees(wanted: object, found: object): boolean {
  return Object.entries(wanted).every(
    ([key, value]) => value === undefined || (found as Readonly<Record<string, unknown>>)[key] === value,
  );
}

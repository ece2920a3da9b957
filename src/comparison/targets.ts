import { UserError } from '../errors.js';
import { TargetSearch } from '../records/to-target.js';
import type { TargetReached } from '../records/summary.js';
import { shown } from '../settings/problem.js';
import { units, type Figure, type SearchedFigure } from './figure.js';
import { figureNamed, figures } from './figures.js';

/** A figure and the value that it should reach. */
export interface Target {
  readonly figure: Figure;
  readonly value: number;
}

/** Reads "accuracy=0.8"; a share is at most 1. UserError for anything else. */
export function targetFrom(text: string): Target {
  const [name = '', written = ''] = text.split('=', 2);
  const value = written.trim() === '' ? NaN : Number(written);
  if (!Number.isFinite(value)) {
    throw new UserError(`--target: is ${shown(text)}, expected <figure>=<number>, for example accuracy=0.8`);
  }
  const measured = figures.filter((figure) => figure.measured !== undefined);
  const figure = figureNamed('--target', name, measured);
  if (figure.unit === 'share' && (value < 0 || value > 1)) {
    throw new UserError(`--target: ${figure.key} is ${value}, expected a share, 0 to 1`);
  }
  return { figure, value };
}

/** What it took to reach a target, as figures of a run: null where it never did. */
export function figuresOfTarget({ figure, value }: Target): readonly SearchedFigure[] {
  const { key, head, unit, better, measured } = figure;
  const { sign, factor } = units[unit];
  const shownTarget = `${Number((factor * value).toPrecision(12))}${sign === null ? '' : ` ${sign}`}`;
  const words = `${head} ${better === 'higher' ? '≥' : '≤'} ${shownTarget}`;
  const figureOf = (
    end: string,
    of: (reached: TargetReached) => number,
    what: Pick<Figure, 'head' | 'unit'>,
  ) => ({
    key: `${key}Target${end}`,
    ...what,
    better: 'lower' as const,
    isMain: true,
    search: () => new TargetSearch({ ...measured!, better }, value),
    of,
  });
  return [
    figureOf('Seconds', ({ virtualSeconds }) => virtualSeconds, { head: `to ${words}`, unit: 'seconds' }),
    figureOf('Joules', ({ energyJoules }) => energyJoules, { head: `to ${words}`, unit: 'joules' }),
  ];
}

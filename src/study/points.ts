import { createHash } from 'node:crypto';
import { UserError } from '../errors.js';
import { drawnPoints, type PointSettings } from './random-search.js';
import type { Vary } from './study.js';

/** One place of a study's space: the settings that make it, and a name for people. */
export interface Point {
  /** For example "meanSnrDb=5 method=pwff"; "base" where nothing is varied. */
  readonly label: string;
  /** Values by path. */
  readonly settings: PointSettings;
}

/**
 * The points of a study in a fixed order: of several kinds of variation all combinations, the last named
 * changing fastest. UserError where paired lists differ in length or two kinds vary one setting.
 */
export function pointsOf(vary: Vary = {}): readonly Point[] {
  const { grid = {}, list = [{}], paired = {}, random } = vary;
  const kinds: readonly (readonly PointSettings[])[] = [
    combinations(grid),
    list,
    zipped(paired),
    random === undefined ? [{}] : drawnPoints(random),
  ];
  refuseTwice(kinds);
  const all = kinds.reduce<readonly PointSettings[]>(
    (points, more) => points.flatMap((point) => more.map((settings) => ({ ...point, ...settings }))),
    [{}],
  );
  const names = shortNames([...new Set(all.flatMap((settings) => Object.keys(settings)))]);
  return all.map((settings) => ({ label: labelOf(settings, names), settings }));
}

function combinations(grid: Readonly<Record<string, readonly unknown[]>>): readonly PointSettings[] {
  return Object.entries(grid).reduce<readonly PointSettings[]>(
    (points, [path, values]) =>
      points.flatMap((point) => values.map((value) => ({ ...point, [path]: value }))),
    [{}],
  );
}

function zipped(paired: Readonly<Record<string, readonly unknown[]>>): readonly PointSettings[] {
  const [first, ...others] = Object.entries(paired);
  if (first === undefined) return [{}];
  const [firstPath, { length }] = first;
  const odd = others.find(([, values]) => values.length !== length);
  if (odd !== undefined) {
    throw new UserError(
      `/vary/paired/${odd[0]}: has ${odd[1].length} values, expected ${length} as ${firstPath} has; ` +
        'paired values go together one by one',
    );
  }
  return Array.from({ length }, (_, at) =>
    Object.fromEntries(Object.entries(paired).map(([path, values]) => [path, values[at]])),
  );
}

function refuseTwice(kinds: readonly (readonly PointSettings[])[]): void {
  const seen = new Set<string>();
  for (const points of kinds) {
    const paths = new Set(points.flatMap((point) => Object.keys(point)));
    for (const path of paths) {
      if (path === 'seed') {
        throw new UserError(
          '/vary: varies seed, expected other settings; the seeds of a study go into "seeds"',
        );
      }
      if (seen.has(path)) {
        throw new UserError(`/vary: varies ${path} in two ways, expected it once; leave one out`);
      }
      seen.add(path);
    }
  }
}

/** Each path by as few of its last keys as tell it from the others. */
function shortNames(paths: readonly string[]): ReadonlyMap<string, string> {
  const ending = (path: string, keys: number) => path.split('.').slice(-keys).join('.');
  return new Map(
    paths.map((path) => {
      let keys = 1;
      while (ending(path, keys) !== path && isAmbiguous(paths, ending(path, keys), keys)) keys += 1;
      return [path, ending(path, keys)];
    }),
  );
}

function isAmbiguous(paths: readonly string[], name: string, keys: number): boolean {
  return paths.filter((path) => path.split('.').slice(-keys).join('.') === name).length > 1;
}

function labelOf(settings: PointSettings, names: ReadonlyMap<string, string>): string {
  const parts = Object.entries(settings).map(([path, value]) => `${names.get(path)}=${valueName(value)}`);
  return parts.length === 0 ? 'base' : parts.join(' ');
}

/** A number in six digits; an object by its name, or a few digits of its hash, with both where it has options. */
function valueName(value: unknown): string {
  if (typeof value === 'number') return String(Number(value.toPrecision(6)));
  if (typeof value !== 'object' || value === null) return String(value);
  const text = JSON.stringify(value);
  if (Array.isArray(value) && text.length <= 24) return text;
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 4);
  return 'name' in value && typeof value.name === 'string' ? `${value.name}-${hash}` : hash;
}

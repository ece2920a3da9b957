import { UserError } from '../errors.js';
import { loadScenario } from '../scenario/load.js';
import { parseSetting } from '../scenario/set-option.js';
import { nearest } from '../settings/nearest.js';
import { shown } from '../settings/problem.js';
import type { PointSettings } from '../study/random-search.js';
import type { Study } from '../study/study.js';
import { methods, type MethodName } from '../strategies/methods/index.js';
import type { Method } from '../strategies/methods/method.js';
import {
  besideTheFigures,
  figureNames,
  paperFigures,
  type FigureName,
  type PaperFigure,
} from './paper-figures.js';

/** What a reproduction runs. */
export interface Asked {
  readonly figures: readonly FigureName[];
  readonly seeds: readonly number[];
  /** Methods besides those of the figures. */
  readonly others: readonly MethodName[];
  /** A scenario of the package, or a file. */
  readonly scenario: string;
  /** Changes for all runs, each as `path=value`. */
  readonly set: readonly string[];
}

/** The methods that stand in a figure, in its order, then those beside it. */
export function contendersOf(
  { methods: own }: PaperFigure,
  others: readonly MethodName[],
): readonly MethodName[] {
  return [...new Set([...own, ...besideTheFigures, ...others])];
}

/** All methods that run, each once. */
export function allContenders({ figures, others }: Pick<Asked, 'figures' | 'others'>): readonly MethodName[] {
  return [...new Set(figures.flatMap((name) => contendersOf(paperFigures[name], others)))];
}

/**
 * The study: a point for each method, under which it runs once with each seed. One run serves both figures; methods that
 * only Fig. 4 has run stage 1 alone.
 */
export async function studyOf(asked: Asked): Promise<Study> {
  const { scenario, set, seeds } = asked;
  const { clients } = (await loadScenario(scenario, { set })).scenario;
  const list = allContenders(asked).map((method) => ({
    method,
    ...(runsAlignment(method, asked) ? {} : { stages: ['instruction'] }),
    ...placeOf(method, clients.count),
  }));
  return {
    name: `reproduce-${asked.figures.join('-')}`,
    scenario,
    ...(set.length > 0 && { set: valuesOf(set) }),
    vary: { list },
    seeds: [...seeds],
  };
}

function runsAlignment(method: MethodName, { figures, others }: Asked): boolean {
  return figures.some(
    (name) =>
      paperFigures[name].lastStage === 'alignment' &&
      contendersOf(paperFigures[name], others).includes(method),
  );
}

/** A method whose data are all in one place has one client, who holds the rows of as many as the others have. */
export function placeOf(name: MethodName, clients: number): PointSettings {
  const method: Method = methods[name];
  if (!method.isCentralised) return {};
  return {
    'clients.count': 1,
    'clients.weightHarmless': [0.5],
    'server.quorum': 1,
    'data.pooledFrom': clients,
  };
}

/** Settings as `--set` takes them. */
export function settingsText(settings: PointSettings): readonly string[] {
  return Object.entries(settings).map(([path, value]) => `${path}=${JSON.stringify(value)}`);
}

function valuesOf(set: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(set.map(parseSetting).map(({ path, value }) => [path.join('.'), value]));
}

/** "fig4", "fig5" or "all". UserError for anything else. */
export function figuresFrom(text: string): readonly FigureName[] {
  if (text === 'all') return figureNames;
  const name = figureNames.find((each) => each === text);
  if (name !== undefined) return [name];
  throw new UserError(`pwff reproduce: is ${shown(text)}, expected fig4, fig5 or all`);
}

/** Methods between commas. UserError for a name that is no method's. */
export function methodsFrom(text: string): readonly MethodName[] {
  const known = Object.keys(methods) as readonly MethodName[];
  return text.split(',').map((written) => {
    const name = known.find((each) => each === written.trim());
    if (name !== undefined) return name;
    const [meant] = nearest(written.trim(), known);
    const advice = meant === undefined ? '' : `; did you mean ${shown(meant)}?`;
    throw new UserError(`--with: has ${shown(written)}, expected methods of ${known.join(', ')}${advice}`);
  });
}

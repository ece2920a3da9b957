import { compare, figuresFor, type Comparison, type Difference } from '../comparison/compare.js';
import { readRuns, type ComparedRun } from '../comparison/read-runs.js';
import type { Estimate } from '../comparison/statistics.js';
import { UserError } from '../errors.js';
import { mean } from '../moments.js';
import type { Payload } from '../radio/payload/payload.js';
import { methods, type MethodName } from '../strategies/methods/index.js';
import { allContenders, contendersOf, type Asked } from './contenders.js';
import { onAir, type RunOnAir } from './on-air.js';
import { withoutOwnRates } from './own-rates.js';
import { paperFigures, referenceMethod, type PaperFigure, type Quantity } from './paper-figures.js';
import { payloadsOf } from './payloads.js';
import type { ReproductionPreset } from './presets.js';
import { uploadsOf, type Uploads } from './uploads.js';

/** A quantity of a method over the seeds. */
export interface Measured {
  readonly seeds: readonly number[];
  /** Null where a run has none: nothing is measured of learning that is a stub. */
  readonly values: readonly (number | null)[];
  readonly estimate: Estimate | null;
  /** The mean over the runs in closed form; null of what is not on the air, and where there is none. */
  readonly expected: number | null;
  /** Why there is no closed form of what is on the air. */
  readonly why: string | null;
  /** What it has more than PWFF, seed by seed. */
  readonly difference: Difference | null;
}

export interface MethodRow {
  readonly method: MethodName;
  readonly title: string;
  readonly isInPaper: boolean;
  /** By the names of the figure's quantities. */
  readonly measured: Readonly<Record<string, Measured>>;
}

export interface FigureResult {
  readonly figure: PaperFigure;
  readonly rows: readonly MethodRow[];
  /** With groups in the order of the rows, by their titles. */
  readonly comparison: Comparison;
}

/** Both figures, or one, from the records of runs. */
export interface Reproduction {
  readonly preset: ReproductionPreset;
  readonly scenario: string;
  readonly seeds: readonly number[];
  readonly notes: readonly string[];
  readonly figures: readonly FigureResult[];
  /** Seconds of a client's upload of a round, by method and stage. */
  readonly uploads: Uploads;
}

/** Reads the runs and puts them beside each other as the figures ask. UserError where one cannot be read. */
export async function readReproduction(
  folders: readonly string[],
  asked: Asked,
  preset: ReproductionPreset,
): Promise<Reproduction> {
  const { runs, leftOut } = await readRuns(folders, figuresFor([]));
  const [bad] = leftOut;
  if (bad !== undefined) {
    throw new UserError(`${bad.run}: ${bad.why}, expected a whole run; remove its folder and do it again`);
  }
  const names = allContenders(asked);
  const found = reproductionOf(runs, await payloadsOf(names, asked, preset), asked, preset);
  const untuned = await withoutOwnRates(asked.scenario, names);
  return { ...found, notes: [...found.notes, ...ratesNotes(untuned)] };
}

/** The same of runs that are read, with what each method's messages are. */
export function reproductionOf(
  runs: readonly ComparedRun[],
  payloads: ReadonlyMap<MethodName, Payload>,
  asked: Asked,
  preset: ReproductionPreset,
): Reproduction {
  const figures = asked.figures.map((name) =>
    figureResult(runs, payloads, paperFigures[name], asked.others, preset),
  );
  return {
    preset,
    scenario: asked.scenario,
    seeds: asked.seeds,
    notes: [...new Set(figures.flatMap(({ comparison }) => comparison.notes))],
    figures,
    uploads: uploadsOf(payloads),
  };
}

function ratesNotes(untuned: readonly MethodName[]): readonly string[] {
  if (untuned.length === 0) return [];
  return [`at PWFF’s rates, for the scenario has none of their own: ${untuned.map(titleOf).join(', ')}`];
}

const methodOf = ({ scenario }: ComparedRun) => scenario['method'] as MethodName;

function figureResult(
  runs: readonly ComparedRun[],
  payloads: ReadonlyMap<MethodName, Payload>,
  figure: PaperFigure,
  others: readonly MethodName[],
  preset: ReproductionPreset,
): FigureResult {
  const names = contendersOf(figure, others);
  const own = runs
    .filter((run) => names.includes(methodOf(run)))
    .map((run) => onAir(run, payloads.get(methodOf(run))!, figure, preset));
  const found = compare(
    { runs: own.map(({ run }) => run), leftOut: [] },
    { against: null, targets: [], pareto: null },
  );
  const comparison = inOrder(found, names);
  const rows = names.map((method) => methodRow(method, own, comparison, figure));
  return { figure, rows, comparison };
}

/** Groups by the methods' titles, in the order of `names`; of one method alone it is the only group. */
function inOrder(comparison: Comparison, names: readonly MethodName[]): Comparison {
  const titled = <G extends Comparison['groups'][number] | Comparison['differences'][number]['group']>(
    group: G,
  ) => ({
    ...group,
    name: titleOf(methodOf(group.runs[0]!)),
  });
  const place = ({ runs }: { readonly runs: readonly ComparedRun[] }) => names.indexOf(methodOf(runs[0]!));
  return {
    ...comparison,
    groups: [...comparison.groups].sort((a, b) => place(a) - place(b)).map(titled),
    differences: [...comparison.differences]
      .sort((a, b) => place(a.group) - place(b.group))
      .map((one) => ({ ...one, group: titled(one.group), base: titled(one.base) })),
  };
}

export const titleOf = (method: MethodName) => methods[method].title;

function methodRow(
  method: MethodName,
  all: readonly RunOnAir[],
  { groups, differences }: Comparison,
  figure: PaperFigure,
): MethodRow {
  const title = titleOf(method);
  const own = all.filter(({ run }) => methodOf(run) === method).sort((a, b) => a.run.seed - b.run.seed);
  const estimates = groups.find(({ name }) => name === title)?.estimates ?? {};
  const less = method === referenceMethod ? undefined : differences.find(({ group }) => group.name === title);
  const measured = figure.quantities.map((quantity): [string, Measured] => [
    quantity.name,
    {
      seeds: own.map(({ run }) => run.seed),
      values: own.map(({ run }) => run.figures[quantity.figure] ?? null),
      estimate: estimates[quantity.figure] ?? null,
      ...expectedOf(own, quantity),
      difference: less?.figures[quantity.figure] ?? null,
    },
  ]);
  const isInPaper = figure.methods.includes(method);
  return { method, title, isInPaper, measured: Object.fromEntries(measured) };
}

function expectedOf(own: readonly RunOnAir[], { onAir: key }: Quantity): Pick<Measured, 'expected' | 'why'> {
  if (key === undefined || own.length === 0) return { expected: null, why: null };
  const known = own.map(({ expected }) => expected);
  const why = known.find((each) => typeof each === 'string');
  if (why !== undefined) return { expected: null, why };
  const means = known.filter((each) => typeof each !== 'string');
  return { expected: mean(means.map((each) => each[key])), why: null };
}

import { UserError } from '../errors.js';
import { compare, figuresFor, type Comparison } from '../comparison/compare.js';
import { comparisonJson } from '../comparison/compare-json.js';
import { headOf, type AnyFigure } from '../comparison/figure.js';
import { figureNamed } from '../comparison/figures.js';
import { findRuns } from '../comparison/find-runs.js';
import { readRuns } from '../comparison/read-runs.js';
import { targetFrom, type Target } from '../comparison/targets.js';
import {
  differencesTitle,
  differenceText,
  estimateText,
  groupsText,
  paretoText,
  targetTexts,
  unpairedText,
} from '../comparison/texts.js';
import { shown } from '../settings/problem.js';
import { abilitiesOf, line, paintFor, type Terminal } from './terminal.js';
import { textTable } from './text-table.js';

export interface CompareCommandOptions {
  readonly against?: string;
  readonly target: readonly string[];
  readonly pareto?: string;
  readonly figures?: string;
  readonly out?: string;
  readonly json: boolean;
}

/** `pwff compare`: runs beside each other, by the settings in which they differ. */
export async function compareCommand(
  paths: readonly string[],
  options: CompareCommandOptions,
  terminal: Terminal,
): Promise<void> {
  const targets = options.target.map(targetFrom);
  refuseRepeated(targets);
  const among = figuresFor(targets);
  const pareto = options.pareto === undefined ? null : pairFrom(options.pareto, among);
  const asked = options.figures?.split(',').map((name) => figureNamed('--figures', name.trim(), among));
  const found = await readRuns(await findRuns(paths), among);
  for (const { run, why } of found.leftOut) line(terminal.err, `pwff: left out ${run}: ${why}`);
  const comparison = compare(found, { against: options.against ?? null, targets, pareto });
  for (const note of comparison.notes) line(terminal.err, `pwff: ${note}`);
  if (options.json) terminal.out.write(comparisonJson(comparison));
  else line(terminal.out, comparisonText(comparison, shownFigures(comparison, asked), terminal));
  if (options.out === undefined) return;
  const { writeComparison } = await import('../comparison/write.js');
  const files = await writeComparison(options.out, comparison);
  if (!options.json) line(terminal.out, `Written: ${files.join(', ')}`);
}

function refuseRepeated(targets: readonly Target[]): void {
  const keys = targets.map(({ figure }) => figure.key);
  const repeated = keys.find((key, index) => keys.indexOf(key) !== index);
  if (repeated === undefined) return;
  throw new UserError(`--target: has ${repeated} twice, expected one target for each figure`);
}

function pairFrom(text: string, among: readonly AnyFigure[]): readonly [AnyFigure, AnyFigure] {
  const names = text.split(',').map((name) => name.trim());
  if (names.length !== 2 || names[0] === names[1]) {
    throw new UserError(
      `--pareto: is ${shown(text)}, expected two figures, for example accuracy,energyJoules`,
    );
  }
  const [first, second] = names.map((name) => figureNamed('--pareto', name, among));
  return [first!, second!];
}

/** Those that were asked for, else the main ones. */
function shownFigures(
  { figures }: Comparison,
  asked: readonly AnyFigure[] | undefined,
): readonly AnyFigure[] {
  if (asked === undefined) return figures.filter(({ isMain }) => isMain === true);
  return asked.flatMap(({ key }) => figures.find((figure) => figure.key === key) ?? []);
}

function comparisonText(comparison: Comparison, figures: readonly AnyFigure[], { out }: Terminal): string {
  const { groups, differences, pareto } = comparison;
  const paint = paintFor(out);
  const { columns } = abilitiesOf(out);
  const front = new Set(pareto?.front.map(({ name }) => name));
  const means = matrixText(
    groups.map(({ name, runs, estimates }) => ({
      name: `${name}${front.has(name) ? ' ◆' : ''} (n ${runs.length})`,
      cells: figures.map((figure) => estimateText(figure, estimates[figure.key] ?? null)),
    })),
    figures,
    columns,
  );
  const pairs = differences.filter(({ seeds }) => seeds.length > 0);
  const less = matrixText(
    pairs.map(({ group, base, seeds, figures: found }) => ({
      name: `${group.name} less ${base.name} (n ${seeds.length})`,
      cells: figures.map((figure) => differenceText(figure, found[figure.key] ?? null)),
    })),
    figures,
    columns,
  );
  return [
    paint('bold', groupsText(comparison)),
    means,
    ...targetTexts(comparison),
    ...[paretoText(comparison)].flatMap((text) => (text === null ? [] : [`${text} (◆)`])),
    ...unpairedText(differences),
    ...(pairs.length === 0 ? [] : ['', paint('bold', differencesTitle(comparison)), less]),
  ].join('\n');
}

/** So many groups stand beside each other, with a line for each figure; more below each other. */
const mostBeside = 5;

function matrixText(
  groups: readonly { readonly name: string; readonly cells: readonly string[] }[],
  figures: readonly AnyFigure[],
  columns: number,
): string {
  const names = groups.map(({ name }) => name);
  const heads = figures.map(headOf);
  const isBeside = groups.length <= mostBeside;
  const rows = isBeside
    ? heads.map((head, index) => [head, ...groups.map(({ cells }) => cells[index]!)])
    : groups.map(({ name, cells }) => [name, ...cells]);
  const head = ['', ...(isBeside ? names : heads)];
  const alignment = `l${'r'.repeat(head.length - 1)}`;
  return textTable({ head, alignment, rows }, { frame: '─', gap: 1, padding: 1 }, columns);
}

import { join } from 'node:path';
import type { BackendChoice } from '../learning/model/backend.js';
import { figuresFrom, methodsFrom, studyOf, type Asked } from '../reproduction/contenders.js';
import { reproductionJson } from '../reproduction/json.js';
import { reproductionPresets, type ReproductionPreset } from '../reproduction/presets.js';
import { readReproduction, type FigureResult, type Reproduction } from '../reproduction/reproduction.js';
import { freshSeeds } from '../reproduction/seeds.js';
import { columnsOf, missingForms, nameOf, testsText } from '../reproduction/texts.js';
import { writeReproduction } from '../reproduction/write.js';
import { loadStudy } from '../study/load.js';
import { distinct } from '../study/plan.js';
import type { StudyOutcome } from '../study/run-study.js';
import { exit, type ExitCode } from './exit.js';
import { wrapped } from './line-width.js';
import { shardFrom } from './sweep.js';
import { abilitiesOf, line, paintFor, type Terminal } from './terminal.js';
import { textTable } from './text-table.js';
import { tellFailures, watchedStudy } from './watched-study.js';

export interface ReproduceCommandOptions {
  readonly seeds: string;
  readonly preset: ReproductionPreset;
  readonly with?: string;
  readonly out?: string;
  readonly jobs?: number;
  readonly workers?: number;
  readonly backend: BackendChoice;
  readonly shard?: string;
  readonly retry: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly scenario: string;
  readonly set: readonly string[];
}

/**
 * `pwff reproduce`: the study of the paper's contenders, and its figures from the records. Runs stand in the folder as
 * those of `pwff sweep`; the files of a preset in a folder of its name beside them.
 */
export async function reproduceCommand(
  figure: string,
  options: ReproduceCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { scenario, set, preset, json, quiet, backend, retry, jobs, workers } = options;
  const others = options.with === undefined ? [] : methodsFrom(options.with);
  const asked: Asked = {
    figures: figuresFrom(figure),
    seeds: freshSeeds(options.seeds),
    others,
    scenario,
    set,
  };
  const out = options.out ?? join('runs', `reproduce-${figure}`);
  const study = await loadStudy(await studyOf(asked));
  const { outcome, code } = await watchedStudy(
    study,
    {
      ...{ out, backend, retry },
      ...(jobs !== undefined && { jobs }),
      ...(workers !== undefined && { workers }),
      ...(options.shard !== undefined && { shard: shardFrom(options.shard) }),
    },
    json || quiet,
    terminal,
  );
  tellFailures(outcome, terminal);
  const { isWhole, text } = standing(outcome);
  if (!isWhole) {
    if (!quiet) line(json ? terminal.err : terminal.out, text);
    return code;
  }
  const runs = distinct(outcome.runs).map(({ folder }) => folder);
  const reproduction = await readReproduction(runs, asked, preset);
  const written = await writeReproduction(join(out, preset), reproduction, commandText(figure, options));
  if (json) terminal.out.write(reproductionJson(reproduction));
  else if (!quiet) line(terminal.out, reproductionText(reproduction, terminal));
  if (!json && !quiet) line(terminal.out, `Written: ${written.files.join(', ')}`);
  if (written.withoutPng !== null) line(terminal.err, `pwff: ${written.withoutPng}`);
  return exit.ok;
}

function standing(outcome: StudyOutcome): { readonly isWhole: boolean; readonly text: string } {
  const runs = distinct(outcome.runs);
  const done = runs.filter(({ state }) => state === 'done').length;
  return {
    isWhole: done === runs.length,
    text:
      `${done} of ${runs.length} runs are done; figures are written when all are. The same command goes on, ` +
      'without --shard with all that is left.',
  };
}

/** What makes the files: how the work was shared is no part of it. */
function commandText(figure: string, options: ReproduceCommandOptions): string {
  const { seeds, preset, scenario, set } = options;
  return [
    `pwff reproduce ${figure} --seeds ${seeds} --preset ${preset}`,
    ...(options.with === undefined ? [] : [`--with ${options.with}`]),
    ...(scenario === 'quickstart' ? [] : [`--scenario ${scenario}`]),
    ...set.map((each) => `--set '${each}'`),
  ].join(' ');
}

function reproductionText(reproduction: Reproduction, terminal: Terminal): string {
  const { preset, notes } = reproduction;
  const width = Math.min(abilitiesOf(terminal.out).columns, 100);
  const prose = (text: string) => wrapped(text, width);
  return [
    ...prose(reproductionPresets[preset].states),
    ...notes,
    ...reproduction.figures.flatMap((result) => figureText(result, reproduction, terminal, prose)),
    ...prose(testsText),
  ].join('\n');
}

function figureText(
  result: FigureResult,
  { preset }: Reproduction,
  { out }: Terminal,
  prose: (text: string) => readonly string[],
): readonly string[] {
  const columns = columnsOf(result);
  const head = ['', ...columns.map((column) => column.head)];
  const rows = result.rows.map((row) => [nameOf(row), ...columns.map(({ cell }) => cell(row))]);
  const alignment = `l${'r'.repeat(columns.length)}`;
  return [
    '',
    paintFor(out)('bold', `${result.figure.title} (${reproductionPresets[preset].label})`),
    textTable({ head, alignment, rows }, { frame: '─', gap: 1, padding: 1 }, abilitiesOf(out).columns),
    ...prose(result.figure.reading),
    ...missingForms(result).flatMap(prose),
  ];
}

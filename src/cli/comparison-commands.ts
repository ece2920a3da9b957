import { Option, type Command } from 'commander';
import type { CompareCommandOptions } from './compare.js';
import { listOf, oneOf } from './option-values.js';
import type { QueryCommandOptions } from './query.js';
import type { Terminal } from './terminal.js';

/** The commands that read the records of many runs. */
export function addComparisonCommands(program: Command, terminal: Terminal): void {
  program
    .command('compare')
    .description('put runs beside each other: means with intervals, differences by seed, charts')
    .argument('<run...>', 'folders of runs, folders above them, or globs')
    .option(
      '--against <value>',
      'of a setting, the group to compare with (default: method pwff, or the first)',
    )
    .addOption(
      new Option(
        '--target <figure=value>',
        'seconds and joules until a figure reached it, for example accuracy=0.8; repeatable',
      )
        .argParser(listOf((text: string) => text))
        .default([], 'none'),
    )
    .option('--pareto <figure,figure>', 'which groups no other one beats, for example accuracy,energy')
    .option('--figures <figure,…>', 'what to show (default: the main ones; files have all)')
    .option('--out <folder>', 'write runs.csv, runs.parquet, compare.json, compare.html and charts/*.svg')
    .addOption(new Option('--json', 'print compare.json alone').default(false))
    .addHelpText('after', compareHelp)
    .action(async (paths: string[], options: CompareCommandOptions) => {
      await (await import('./compare.js')).compareCommand(paths, options, terminal);
    });

  program
    .command('query')
    .description('ask SQL of the records of all runs; by DuckDB, which is optional')
    .argument('<sql>', 'SELECT … FROM runs, rounds, measured, messages, …')
    .argument('[run...]', 'folders of runs, folders above them, or globs (default: runs)')
    .addOption(
      new Option('--format <name>', 'of the answer')
        .choices(queryFormats)
        .argParser(oneOf('--format', queryFormats))
        .default('table'),
    )
    .option('--out <file>', 'where the answer goes (default: it is printed)')
    .addHelpText('after', queryHelp)
    .action(async (sql: string, paths: string[], options: QueryCommandOptions) => {
      await (await import('./query.js')).queryCommand(sql, paths, options, terminal);
    });
}

const queryFormats = ['table', 'csv', 'json', 'parquet'] as const;

const queryHelp = `
For example: pwff query "SELECT method, avg(accuracy) FROM runs GROUP BY method" runs/my-study

docs/query.md has the tables with their columns, and ten questions with their answers.`;

const compareHelp = `
Groups are found by the settings in which the runs differ; seeds are the repetitions, and pair the runs of two groups.
For example: pwff compare runs/my-study --target accuracy=0.8 --pareto accuracy,energy --out comparison

docs/compare.md says how each figure, interval and test is made.`;

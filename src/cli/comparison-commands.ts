import { Option, type Command } from 'commander';
import type { CompareCommandOptions } from './compare.js';
import { listOf } from './option-values.js';
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
}

const compareHelp = `
Groups are found by the settings in which the runs differ; seeds are the repetitions, and pair the runs of two groups.
For example: pwff compare runs/my-study --target accuracy=0.8 --pareto accuracy,energy --out comparison

docs/compare.md says how each figure, interval and test is made.`;

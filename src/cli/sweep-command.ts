import { Option, type Command } from 'commander';
import { addExecutorOptions } from './executor-options.js';
import type { ExitCode } from './exit.js';
import { listOf, oneOf, wholeNumber } from './option-values.js';
import type { SweepCommandOptions } from './sweep.js';
import { backendOption } from './scenario-options.js';
import type { Terminal } from './terminal.js';

/** `pwff sweep` and its options. */
export function addSweepCommand(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  const textList = (flags: string, description: string) =>
    new Option(flags, description).argParser(listOf((text) => text)).default([], 'none');
  const sweep = program
    .command('sweep')
    .description('run a scenario many times: settings varied, over seeds; or a study that says so in a file')
    .argument('<scenario>', 'a scenario, or a study: JSON, YAML or TypeScript')
    .addOption(textList('--vary <path=a,b>', 'values of a setting; of several, all combinations; repeatable'))
    .option('--seeds <seeds>', '5 for 1 to 5, 11,12 for these, 11..15 from one to another, 7, for 7 alone')
    .addOption(textList('--set <path=value>', 'change a setting in all runs; repeatable'))
    .option(
      '--out <folder>',
      'where the study goes (default: runs/sweep-<name>); it goes on where it stopped',
    )
    .option(
      '--jobs <n>',
      'runs at a time, each in a process of its own (default: as many as cores)',
      wholeNumber('--jobs', 1),
    )
    .option(
      '--workers <n>',
      'worker threads of each run (default: 1, more where fewer runs than cores are left)',
      wholeNumber('--workers', 1),
    )
    .addOption(backendOption('of TensorFlow.js').default('auto'))
    .option('--shard <i/n>', 'do the i-th of n parts; machines that share the folder do one each')
    .option('--retry', 'do runs again that failed', false)
    .option('--dry-run', 'list the runs and what is done, and run nothing', false)
    .addOption(
      new Option('--emit <kind>', 'print a job array for a cluster, and run nothing')
        .choices(clusters)
        .argParser(oneOf('--emit', clusters)),
    )
    .option('--tasks <n>', 'with --emit: elements of the job array', wholeNumber('--tasks', 1))
    .addOption(new Option('--json', 'print nothing but what became of each run, as JSON').default(false))
    .addOption(new Option('--quiet', 'print nothing but failures').default(false).conflicts('json'))
    .addHelpText('after', sweepHelp);
  addExecutorOptions(sweep).action(async (path: string, options: SweepCommandOptions) =>
    end(await (await import('./sweep.js')).sweepCommand(path, options, terminal)),
  );
}

const clusters = ['slurm'] as const;

const sweepHelp = `
For example: pwff sweep tiny --vary channel.uplink.meanSnrDb=0,5,10 --vary method=pwff,fedlora --seeds 5

Run it again and it goes on: what is done stays done. docs/studies.md has study files, clusters, and how cores are shared.`;

import { Option, type Command } from 'commander';
import type { ExitCode } from './exit.js';
import type { DiffCommandOptions } from './diff.js';
import { addExecutorOptions } from './executor-options.js';
import type { ExportCommandOptions } from './export.js';
import { wholeNumber } from './option-values.js';
import type { InspectCommandOptions } from './page/inspect.js';
import type { ReplayCommandOptions } from './replay.js';
import type { Services } from './services.js';
import { line, type Terminal } from './terminal.js';
import type { TraceCommandOptions } from './trace.js';

/** The commands that read the records of a run. */
export function addRecordCommands(
  program: Command,
  services: Services,
  terminal: Terminal,
  end: (code: ExitCode) => void,
): void {
  program
    .command('report')
    .description('write the report of a run again from its records')
    .argument('<folder>', 'the folder of a run')
    .action(async (folder: string) => line(terminal.out, `Report: ${await services.writeReport(folder)}`));

  program
    .command('inspect')
    .description(
      'look inside a run that was recorded, or two beside each other: a page for this machine alone',
    )
    .argument('<folder...>', 'the folder of a run, or two')
    .option('--port <n>', 'of the page (default: any that is free)', wholeNumber('--port', 0), 0)
    .action(async (folders: string[], options: InspectCommandOptions) =>
      end(await (await import('./page/inspect.js')).inspectCommand(folders, options, terminal)),
    );

  program
    .command('trace')
    .description('print what happened in a run, in the order of time')
    .argument('<folder>', 'the folder of a run')
    .argument('[query...]', 'words of the text, and what the options say, as client:3 round:2')
    .option('--client <n>', 'number or id of a client, or "server"')
    .option('--step <step>', 'of the paper, for example 3.3')
    .option('--round <n>', 'of its stage; a download has the round that it closed')
    .option('--stage <name>', 'instruction, reward or alignment')
    .option('--from <seconds>', 'virtual time')
    .option('--to <seconds>', 'virtual time')
    .action(async (folder: string, words: string[], options: TraceCommandOptions) => {
      await (await import('./trace.js')).traceCommand(folder, words, options, terminal);
    });

  const replay = program
    .command('replay')
    .description('make a run again from its manifest, and compare every row with its records')
    .argument('<folder>', 'the folder of a run')
    .option('--workers <n>', 'worker threads (default: as many as cores)', wholeNumber('--workers', 1))
    .addOption(new Option('--json', 'print what was found as JSON').default(false));
  addExecutorOptions(replay).action(async (folder: string, options: ReplayCommandOptions) =>
    end(await (await import('./replay.js')).replayCommand(folder, options, terminal)),
  );

  program
    .command('diff')
    .description('where two runs part: the first row that differs, and what happened around it')
    .argument('<a>', 'the folder of a run')
    .argument('<b>', 'the folder of another')
    .addOption(new Option('--json', 'print the difference as JSON').default(false))
    .action(async (a: string, b: string, options: DiffCommandOptions) =>
      end(await (await import('./diff.js')).diffCommand([a, b], options, terminal)),
    );

  program
    .command('export')
    .description('write a run for other viewers, and its models for other libraries')
    .argument('<folder>', 'the folder of a run')
    .addOption(traceEventsOption())
    .option('--tensorboard <folder>', 'its figures for TensorBoard; needs TensorFlow’s own library')
    .option('--client <n>', 'whose model: number or id of a client (default: the server’s, the global one)')
    .option('--peft <folder>', 'its LoRA, for Python’s PEFT')
    .option('--merged <folder>', 'a GPT-2 as Hugging Face has it, with its LoRA merged')
    .option(
      '--adapters <folder>',
      'its bottleneck adapters, for Python’s adapters (AdapterHub) or by themselves',
    )
    .option('--model <folder>', 'the base model of the run, where the scenario’s path does not find it')
    .addHelpText('after', exportHelp)
    .action(async (folder: string, options: ExportCommandOptions) => {
      await (await import('./export.js')).exportCommand(folder, options, services, terminal);
    });
}

const exportHelp = `
For example: pwff export runs/quickstart-pwff-1 --client 3 --peft lora --merged gpt2 --adapters adapters

Bottleneck adapters cannot be merged: --merged of a model that has some takes --adapters as well. What a folder has,
and how Python loads it, is in docs/export.md; pwff run --from-peft begins with such a LoRA.`;

export function traceEventsOption(): Option {
  return new Option('--trace-events <file>', 'its timeline for Perfetto, Chrome and speedscope');
}

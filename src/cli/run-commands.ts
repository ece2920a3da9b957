import { Option, type Command } from 'commander';
import { defaultInspection, inspections } from '../records/inspection-choice.js';
import { defaultParams, paramsChoices } from '../records/params-choice.js';
import { addExecutorOptions } from './executor-options.js';
import type { ExitCode } from './exit.js';
import { listOf, originOf, wholeNumber } from './option-values.js';
import { traceEventsOption } from './record-commands.js';
import { runCommand, type RunCommandOptions } from './run.js';
import {
  backendOption,
  choiceOption,
  fromPeftOption,
  modelOption,
  rewardModelOption,
  settingOption,
} from './scenario-options.js';
import type { Services } from './services.js';
import type { Terminal } from './terminal.js';
import { validateCommand, type ValidateCommandOptions } from './validate.js';

/** `pwff run` and `pwff validate`. */
export function addRunCommands(
  program: Command,
  services: Services,
  terminal: Terminal,
  end: (code: ExitCode) => void,
): void {
  const run = program
    .command('run')
    .description('run a scenario, from Step 1.1 to 3.5')
    .argument('[scenario]', 'a JSON, YAML or TypeScript file, or "quickstart"')
    .option('--seed <n>', 'take this seed instead of the scenario’s', wholeNumber('--seed', 0))
    .option(
      '--workers <n>',
      'worker threads (default: as many as cores); results do not depend on it',
      wholeNumber('--workers', 1),
    )
    .addOption(backendOption('of TensorFlow.js').default('auto'))
    .option('--out <folder>', 'where the records go (default: runs/<scenario>-<method>-<seed>)')
    .addOption(modelOption())
    .addOption(rewardModelOption())
    .addOption(fromPeftOption())
    .addOption(settingOption())
    .option('--show-samples', 'real data: keep some held-out prompts and responses, for the report', false)
    .addOption(new Option('--json', 'print nothing but the summary, as JSON').default(false))
    .addOption(new Option('--quiet', 'print nothing').default(false).conflicts('json'))
    .option('--check', 'exit 1 where an expectation of the scenario does not hold', false)
    .option('--verbose', 'write every event to run.log', false)
    .option(
      '--ui [port]',
      'a page to watch, pause and step the run, for this machine alone',
      wholeNumber('--ui', 0),
    )
    .addOption(
      new Option('--paused', 'wait on the page before the first event').default(false).implies({ ui: true }),
    )
    .addOption(
      choiceOption('--inspection', 'actors in inspection.jsonl: thin has no links', inspections).default(
        defaultInspection,
      ),
    )
    .addOption(
      choiceOption('--params', 'whose parameters the folder keeps', paramsChoices).default(defaultParams),
    )
    .addOption(
      new Option(
        '--inspect [port]',
        'show the charts at work: print an address of this machine that Stately’s inspector attaches to',
      )
        .argParser(wholeNumber('--inspect', 0))
        .conflicts('quiet'),
    )
    .addOption(
      new Option('--inspect-wait', 'begin when an inspector is attached')
        .default(false)
        .implies({ inspect: true }),
    )
    .addOption(
      new Option('--inspect-origin <origin>', 'let pages of https://… attach; repeatable')
        .argParser(listOf(originOf('--inspect-origin')))
        .default([], 'none')
        .implies({ inspect: true }),
    )
    .addOption(traceEventsOption())
    .addOption(new Option('--resume <folder>', 'go on with a run that was killed, interrupted or failed'))
    .option(
      '--cache <folder>',
      'take finished tasks from other runs that share this folder, and leave them there',
    )
    .option('--no-journal', 'keep no finished tasks: the run cannot be gone on with');
  addExecutorOptions(run).action(async (path: string | undefined, options: RunCommandOptions) =>
    end(await runCommand(path, options, services, terminal)),
  );

  program
    .command('validate')
    .description('check scenarios, with their models and data, without running them')
    .argument('<scenario...>', 'JSON or YAML files')
    .addOption(modelOption())
    .addOption(rewardModelOption())
    .addOption(fromPeftOption())
    .addOption(settingOption())
    .action(async (paths: string[], options: ValidateCommandOptions) =>
      end(await validateCommand(paths, options, services, terminal)),
    );
}

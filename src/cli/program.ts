import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import { UserError } from '../errors.js';
import { methods } from '../strategies/methods/index.js';
import { defaultParams, paramsChoices } from '../records/params-choice.js';
import { defaultInspection, inspections } from '../records/inspection-choice.js';
import { packageRoot } from '../paths.js';
import { presets } from '../radio/payload/presets.js';
import { modelNames } from '../radio/payload/shapes.js';
import { schemaFileText } from '../scenario/schema-file.js';
import { studySchemaText } from '../study/schema-file.js';
import { refusalOf } from './command-errors.js';
import { addComparisonCommands } from './comparison-commands.js';
import { doctorCommand } from './doctor.js';
import {
  blobsOption,
  executorOption,
  queueOption,
  verifyOption,
  type QueueOptions,
} from './executor-options.js';
import { exit, type ExitCode } from './exit.js';
import type { LinkCommandOptions } from './link.js';
import type { MachinesCommandOptions } from './machines.js';
import { nativeCommand } from './native.js';
import type { PayloadCommandOptions } from './payload.js';
import { listOf, oneOf, originOf, wholeNumber } from './option-values.js';
import { pretrainCommand, type PretrainCommandOptions } from './pretrain.js';
import { runCommand, type RunCommandOptions } from './run.js';
import { embeddedRecipe } from '../learning/model/embedded.js';
import { addReproduceCommand } from './reproduce-command.js';
import type { Services } from './services.js';
import { addSweepCommand } from './sweep-command.js';
import { abilitiesOf, line, type Terminal } from './terminal.js';
import { addRecordCommands, traceEventsOption } from './record-commands.js';
import { addWorkerCommand } from './worker-command.js';
import { validateCommand, type ValidateCommandOptions } from './validate.js';

/** Runs the command line and resolves to the exit code; writes nothing but to `terminal`. */
export async function main(
  args: readonly string[],
  services: Services,
  terminal: Terminal,
): Promise<ExitCode> {
  let code: ExitCode = exit.ok;
  const program = createProgram(services, terminal, (ended) => (code = ended));
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    // Help and version; help in place of a command that is missing is no success.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exit.ok : exit.badInput;
    if (error instanceof UserError) {
      line(terminal.err, error.message);
      return exit.badInput;
    }
    line(terminal.err, stackOf(error));
    return exit.failed;
  }
}

function createProgram(services: Services, terminal: Terminal, end: (code: ExitCode) => void): Command {
  const program = new Command('pwff')
    .description('Simulates personalized wireless federated fine-tuning of language models')
    .version(version(), '-V, --version', 'print the version')
    .configureOutput({
      writeOut: (text) => void terminal.out.write(text),
      writeErr: (text) => void terminal.err.write(text),
      // What is wrong is said once, and in our own words: see refusalOf.
      outputError: () => {},
      getOutHelpWidth: () => helpColumns(terminal.out),
      getErrHelpWidth: () => helpColumns(terminal.err),
    });

  program
    .command('run')
    .description('run a scenario, from Step 1.1 to 3.5')
    .argument('[scenario]', 'a JSON, YAML or TypeScript file, or "quickstart"')
    .option('--seed <n>', 'take this seed instead of the scenario’s', wholeNumber('--seed', 0))
    .option(
      '--workers <n>',
      'worker threads (default: as many as cores); results do not depend on it',
      wholeNumber('--workers', 1),
    )
    .addOption(choiceOption('--backend', 'of TensorFlow.js', backends).default('auto'))
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
    .option('--no-journal', 'keep no finished tasks: the run cannot be gone on with')
    .addOption(executorOption())
    .addOption(queueOption())
    .addOption(blobsOption())
    .addOption(verifyOption())
    .action(async (path: string | undefined, options: RunCommandOptions) =>
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

  program
    .command('payload')
    .description('what each message costs: parameters, bits, seconds and joules, before any run')
    .argument('[scenario]', 'a JSON or YAML file, "paper" or "quickstart"; neither weights nor data are read')
    .addOption(choiceOption('--method', 'in place of the scenario’s', Object.keys(methods)))
    .addOption(choiceOption('--preset', 'the rank of LoRA: 96, or 8', Object.keys(presets)))
    .option('--model <folder>', `a GPT-2’s config.json, or a known shape: ${modelNames.join(', ')}`)
    .addOption(settingOption())
    .addOption(new Option('--json', 'print the figures as JSON').default(false))
    .addHelpText('after', payloadHelp)
    .action(async (path: string | undefined, options: PayloadCommandOptions) =>
      end(await (await import('./payload.js')).payloadCommand(path, options, terminal)),
    );

  program
    .command('link')
    .description('what the radio link does: closed forms beside a simulation, for any setting')
    .argument(
      '[scenario]',
      'a JSON or YAML file; neither models nor data are read (default: the paper’s link)',
    )
    .addOption(choiceOption('--direction', 'of the link', ['uplink', 'downlink']).default('uplink'))
    .option('--client <n>', 'number of the client at one end', wholeNumber('--client', 1), 1)
    .option('--bits <n>', 'of a message', wholeNumber('--bits', 1), adapterBits)
    .option(
      '--messages <n>',
      'to simulate; fewer where they take very many blocks',
      wholeNumber('--messages', 1),
      2000,
    )
    .option('--draws <n>', 'blocks to simulate, and packets at most', wholeNumber('--draws', 2), 100_000)
    .option('--seed <n>', 'take this seed instead of the scenario’s', wholeNumber('--seed', 0))
    .option('--snr-db <x>', 'mean SNR, at 1 W over 1 MHz: channel.<direction>.meanSnrDb')
    .option('--bandwidth-hz <x>', 'channel.<direction>.bandwidthHz')
    .option('--power-watts <x>', 'channel.<direction>.powerWatts')
    .option('--rate-bps <x>', 'fixed rate, of outage and repeats: channel.fixedRateBps')
    .option('--fading <name>', 'channel.fading')
    .addOption(settingOption())
    .addOption(new Option('--json', 'print the figures as JSON').default(false))
    .action(async (path: string | undefined, options: LinkCommandOptions) =>
      end(await (await import('./link.js')).linkCommand(path, options, terminal)),
    );

  program
    .command('machines')
    .description('the statecharts as pictures: ours, or a machine of your own')
    .argument('[machine]', 'server, client, channel, simulation, or a file that exports an XState machine')
    .addOption(choiceOption('--format', 'of the picture', machineFormats).default('svg'))
    .option('--export <name>', 'which machine of a file that exports several')
    .option('--out <file>', 'where the picture goes (default: it is printed)')
    .action(async (path: string | undefined, options: MachinesCommandOptions) =>
      end(await (await import('./machines.js')).machinesCommand(path, options, terminal)),
    );

  addWorkerCommand(program, terminal, end);
  addSweepCommand(program, terminal, end);
  addReproduceCommand(program, terminal, end);
  addRecordCommands(program, services, terminal, end);
  addComparisonCommands(program, terminal);

  program
    .command('doctor')
    .description('look at this machine: Node, backend, cores, memory, and what is missing')
    .addOption(queueOption())
    .action(async (options: QueueOptions) => end(await doctorCommand(options, services, terminal)));

  program
    .command('native')
    .description('get TensorFlow’s own library, which trains large models faster; optional')
    .addHelpText('after', nativeHelp)
    .action(async () => end(await nativeCommand(services, terminal)));

  program
    .command('pretrain')
    .description('make the embedded model anew from the embedded, synthetic corpus')
    .option('--out <folder>', 'where the model goes (default: into the package)')
    .option('--steps <n>', 'optimizer steps', wholeNumber('--steps', 1), embeddedRecipe.steps)
    .option('--seed <n>', 'every random draw follows from it', wholeNumber('--seed', 0), embeddedRecipe.seed)
    .addOption(choiceOption('--backend', 'the shipped model was made on wasm', backends).default('wasm'))
    .action(async (options: PretrainCommandOptions) =>
      end(await pretrainCommand(options, services, terminal)),
    );

  program
    .command('schema')
    .description('print the JSON Schema of a scenario, from which editors complete')
    .option('--study', 'that of a study file', false)
    .action(
      ({ study }: { study: boolean }) =>
        void terminal.out.write(study ? studySchemaText() : schemaFileText()),
    );

  for (const command of [program, ...program.commands]) {
    command.exitOverride((error) => {
      throw refusalOf(error, command);
    });
  }
  return program;
}

const backends = ['auto', 'native', 'wasm'];
const machineFormats = ['svg', 'mermaid', 'json'];

/** An option that takes one of these names. */
function choiceOption(flag: string, description: string, names: readonly string[]): Option {
  return new Option(`${flag} <name>`, description).choices(names).argParser(oneOf(flag, names));
}

/** Help is read by people: where nothing breaks lines it has 80 columns all the same. */
function helpColumns(stream: Terminal['out']): number {
  const { columns } = abilitiesOf(stream);
  return columns === Infinity ? 80 : columns;
}

/** 36 adapters of GPT-2 small: 580,968 parameters of 32 bits. */
const adapterBits = 18_590_976;

const payloadHelp = `
Without a scenario: the paper's, or the quickstart with --model embedded. A model's folder that is not
there stands for the known shape of its name, so that nothing has to be downloaded.

Seconds are bits over the mean rate of the link, joules the sender's mean power times seconds. Headers of
messages count; packets, losses, outage, retransmissions (ARQ, HARQ) and feedback do not: pwff link has them.

paper-literal is rank 96 as section V-A prints it, paper-energy rank 8, at which the saving of section
V-B comes out. Neither is claimed to be what the authors ran.`;

const nativeHelp = `
Does nothing where the native backend loads already. Else it fetches TensorFlow with pip into the user's cache
(250 MB, 0.8 GB on disk), puts @tensorflow/tfjs-node back if npm has dropped it, and compiles its two C++ files.
It needs Python 3 with pip, a C++17 compiler and Node's headers.

PWFF_TENSORFLOW names another package, for example tensorflow-cpu==2.18.1; PYTHON and CXX the Python whose pip
fetches and the compiler; npm_config_nodedir the folder above include/node.`;

function modelOption(): Option {
  return new Option(
    '--model <folder>',
    'a GPT-2 as Hugging Face has it; from the current folder, in place of model.path',
  );
}

function rewardModelOption(): Option {
  return new Option(
    '--reward-model <folder>',
    'a DistilBERT or GPT-2 as Hugging Face has it, that both reward models start from; in place of ' +
      'reward.model',
  );
}

function fromPeftOption(): Option {
  return new Option(
    '--from-peft <folder>',
    'begin with a LoRA as PEFT leaves it; in place of model.fromPeft',
  );
}

function settingOption(): Option {
  return new Option(
    '--set <path=value>',
    'change a setting, for example channel.uplink.meanSnrDb=3; repeatable',
  )
    .argParser((setting: string, earlier: readonly string[]) => [...earlier, setting])
    .default([], 'none');
}

function version(): string {
  const text = readFileSync(join(packageRoot(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by: ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}

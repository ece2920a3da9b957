import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { UserError } from '../errors.js';
import { embeddedRecipe } from '../learning/model/embedded.js';
import { packageRoot } from '../paths.js';
import { schemaFileText } from '../scenario/schema-file.js';
import { studySchemaText } from '../study/schema-file.js';
import { refusalOf } from './command-errors.js';
import { addComparisonCommands } from './comparison-commands.js';
import { doctorCommand } from './doctor.js';
import { queueOption, type QueueOptions } from './executor-options.js';
import { exit, type ExitCode } from './exit.js';
import type { MachinesCommandOptions } from './machines.js';
import { nativeCommand } from './native.js';
import { wholeNumber } from './option-values.js';
import { pretrainCommand, type PretrainCommandOptions } from './pretrain.js';
import { addRadioCommands } from './radio-commands.js';
import { addRecordCommands } from './record-commands.js';
import { addReproduceCommand } from './reproduce-command.js';
import { addRunCommands } from './run-commands.js';
import { backendOption, choiceOption } from './scenario-options.js';
import type { Services } from './services.js';
import { addSweepCommand } from './sweep-command.js';
import { abilitiesOf, line, type Terminal } from './terminal.js';
import { addWorkerCommand } from './worker-command.js';

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

  addRunCommands(program, services, terminal, end);
  addRadioCommands(program, terminal, end);

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
    .addOption(backendOption('the shipped model was made on wasm').default('wasm'))
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

const machineFormats = ['svg', 'mermaid', 'json'];

/** Help is read by people: where nothing breaks lines it has 80 columns all the same. */
function helpColumns(stream: Terminal['out']): number {
  const { columns } = abilitiesOf(stream);
  return columns === Infinity ? 80 : columns;
}

const nativeHelp = `
Does nothing where the native backend loads already. Else it fetches TensorFlow with pip into the user's cache
(250 MB, 0.8 GB on disk), puts @tensorflow/tfjs-node back if npm has dropped it, and compiles its two C++ files.
It needs Python 3 with pip, a C++17 compiler and Node's headers.

PWFF_TENSORFLOW names another package, for example tensorflow-cpu==2.18.1; PYTHON and CXX the Python whose pip
fetches and the compiler; npm_config_nodedir the folder above include/node.`;

function version(): string {
  const text = readFileSync(join(packageRoot(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by: ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}

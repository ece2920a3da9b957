import { Option, type Command } from 'commander';
import { presetNames } from '../reproduction/presets.js';
import type { ExitCode } from './exit.js';
import { listOf, oneOf, wholeNumber } from './option-values.js';
import type { ReproduceCommandOptions } from './reproduce.js';
import { backendOption } from './scenario-options.js';
import type { Terminal } from './terminal.js';

/** `pwff reproduce` and its options. */
export function addReproduceCommand(
  program: Command,
  terminal: Terminal,
  end: (code: ExitCode) => void,
): void {
  program
    .command('reproduce')
    .description(
      'the paper’s Figs. 4 and 5: its contenders on the same machines, as figures, a page and numbers',
    )
    .argument('[figure]', 'fig4, fig5 or all', 'all')
    .option('--seeds <seeds>', '5 for 11 to 15, which no tuning saw; 11,12 for these, 11..15', '5')
    .addOption(
      new Option('--preset <name>', 'what is on the air: the runs’ own messages, or such as the paper’s')
        .choices(presetNames)
        .argParser(oneOf('--preset', presetNames))
        .default('embedded'),
    )
    .option('--with <method,…>', 'methods besides those of the figures')
    .option(
      '--out <folder>',
      'where runs and files go (default: runs/reproduce-<figure>); it goes on where it stopped',
    )
    .option('--jobs <n>', 'runs at a time (default: as many as cores)', wholeNumber('--jobs', 1))
    .option('--workers <n>', 'worker threads of each run (default: 1)', wholeNumber('--workers', 1))
    .addOption(backendOption('of TensorFlow.js').default('auto'))
    .option('--shard <i/n>', 'do the i-th of n parts; the last to end writes the files')
    .option('--retry', 'do runs again that failed', false)
    .addOption(new Option('--json', 'print reproduce.json alone').default(false))
    .addOption(new Option('--quiet', 'print nothing but failures').default(false).conflicts('json'))
    .addOption(
      new Option('--scenario <scenario>', 'in place of the quickstart').default('quickstart').hideHelp(),
    )
    .addOption(
      new Option('--set <path=value>', 'change a setting in all runs; repeatable')
        .argParser(listOf((text) => text))
        .default([], 'none')
        .hideHelp(),
    )
    .addHelpText('after', reproduceHelp)
    .action(async (figure: string, options: ReproduceCommandOptions) =>
      end(await (await import('./reproduce.js')).reproduceCommand(figure, options, terminal)),
    );
}

const reproduceHelp = `
Fig. 4: pwff, vanilla-fl, fedada, fedlora. Fig. 5: pwff, sfl, pfl, shepherd. Beside both: local-only and centralised.

The learning is that of the embedded model under every preset. embedded: so are the messages. paper-literal and
paper-energy draw messages of GPT-2 with 36 adapters and LoRA of rank 96 or 8 on the scenario's link, from the same
runs: a second preset takes no second training.

Rates were tuned on seeds 101 and 102, which are refused here. docs/reproduction.md has the paper's claims.`;

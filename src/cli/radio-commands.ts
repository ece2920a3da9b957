import { Option, type Command } from 'commander';
import { presets } from '../radio/payload/presets.js';
import { modelNames } from '../radio/payload/shapes.js';
import { methods } from '../strategies/methods/index.js';
import type { ExitCode } from './exit.js';
import type { LinkCommandOptions } from './link.js';
import { wholeNumber } from './option-values.js';
import type { PayloadCommandOptions } from './payload.js';
import { choiceOption, settingOption } from './scenario-options.js';
import type { Terminal } from './terminal.js';

/** `pwff payload` and `pwff link`: what messages cost, before any run. */
export function addRadioCommands(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
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

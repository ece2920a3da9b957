import { UserError } from '../errors.js';
import { readRadioScenario } from '../radio/link-study/read-scenario.js';
import { studyLink } from '../radio/link-study/study.js';
import type { Direction } from '../radio/channel/directions/settings.js';
import type { Change } from '../scenario/changes.js';
import { exit, type ExitCode } from './exit.js';
import { asSetting } from './option-values.js';
import { linkText, type LinkReport } from './link-text.js';
import { abilitiesOf, line, paintFor, type Terminal } from './terminal.js';

export interface LinkCommandOptions {
  readonly direction: Direction;
  readonly client: number;
  readonly bits: number;
  readonly messages: number;
  readonly draws: number;
  readonly seed?: number;
  /** These as they were typed: the scenario's rules tell what is wrong with them. */
  readonly snrDb?: string;
  readonly bandwidthHz?: string;
  readonly powerWatts?: string;
  readonly rateBps?: string;
  readonly fading?: string;
  readonly set: readonly string[];
  readonly json: boolean;
}

/**
 * `pwff link`: closed forms of a link beside a simulation, for any setting of the radio. Reads no models and
 * no data; without a scenario the defaults of `channel` are taken, the paper's link.
 */
export async function linkCommand(
  path: string | undefined,
  options: LinkCommandOptions,
  { out }: Terminal,
): Promise<ExitCode> {
  checkCounts(options);
  const { scenario, file, recordings } = await readRadioScenario(path, changesOf(options));
  if (options.snrDb !== undefined && scenario.channel.cell !== null) {
    throw new UserError(
      `--snr-db ${options.snrDb}: is not used in a cell, where distance makes the mean SNR; ` +
        'expected --set channel.cell=null beside it',
    );
  }
  const study = studyLink(scenario, recordings, options);
  const report: LinkReport = { scenario: scenario.name, file, ...study };
  line(
    out,
    options.json
      ? JSON.stringify(report, null, 2)
      : linkText(report, paintFor(out), abilitiesOf(out).columns),
  );
  return exit.ok;
}

/** Bounds on memory and time. */
const most = { messages: 1e6, draws: 1e7 };

function checkCounts(options: LinkCommandOptions): void {
  for (const name of ['messages', 'draws'] as const) {
    if (options[name] <= most[name]) continue;
    throw new UserError(`--${name} ${options[name]}: is too many, expected at most ${most[name]}`);
  }
}

function changesOf(options: LinkCommandOptions): readonly Change[] {
  const { direction, seed, snrDb, bandwidthHz, powerWatts, rateBps, fading } = options;
  const shorthands = [
    ['--seed', 'seed', seed],
    ['--snr-db', `channel.${direction}.meanSnrDb`, snrDb],
    ['--bandwidth-hz', `channel.${direction}.bandwidthHz`, bandwidthHz],
    ['--power-watts', `channel.${direction}.powerWatts`, powerWatts],
    ['--rate-bps', 'channel.fixedRateBps', rateBps],
    ['--fading', 'channel.fading', fading],
  ] as const;
  return [
    { option: '--set', settings: options.set },
    ...shorthands.flatMap(([option, path, value]) =>
      value === undefined
        ? []
        : [{ option: `${option} ${value}`, settings: [`${path}=${asSetting(String(value))}`] }],
    ),
  ];
}

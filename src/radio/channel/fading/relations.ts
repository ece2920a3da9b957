import { nameOf } from '../../../strategies/strategy.js';
import { must, type Rule } from '../../../settings/rule.js';
import type { Direction, DirectionSettings } from '../directions/settings.js';
import type { FadingSettings } from './settings.js';

type Radio = FadingSettings & Readonly<Record<Direction, DirectionSettings>>;

export const fadingRules: readonly Rule<{ channel: Radio; clients: { count: number } }>[] = [
  {
    states: 'a trace comes from a file',
    findings: ({ channel: { fading, traceFile }, clients: { count } }) => [
      must(
        fading !== 'trace' || traceFile !== null,
        '/channel/traceFile',
        traceFile,
        'a CSV file where fading is "trace"',
        'its columns are seconds and gain, gainDb, snrDb or rateBps',
      ),
      must(
        !Array.isArray(traceFile) || traceFile.length === count,
        '/channel/traceFile',
        traceFile,
        `a list of ${count} files, one for each client`,
        'or one name with {client} in it',
      ),
      must(
        fading === 'trace' || traceFile === null,
        '/channel/traceFile',
        traceFile,
        `null where fading is "${nameOf(fading)}"`,
        'set /channel/fading to "trace" to use it',
      ),
    ],
  },
  {
    states: 'antennas are combined where their gains have a law',
    findings: ({ channel }) =>
      (['uplink', 'downlink'] as const).map((direction) =>
        must(
          channel.fading !== 'trace' || channel[direction].receiveAntennas === 1,
          `/channel/${direction}/receiveAntennas`,
          channel[direction].receiveAntennas,
          '1 where fading is "trace"',
          'a trace is of one antenna, or of the gain that several have together',
        ),
      ),
  },
];

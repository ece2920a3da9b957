import { nameOf } from '../../../strategies/strategy.js';
import { must, type Rule } from '../../../settings/rule.js';
import type { FadingSettings } from './settings.js';

export const fadingRules: readonly Rule<{ channel: FadingSettings; clients: { count: number } }>[] = [
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
];

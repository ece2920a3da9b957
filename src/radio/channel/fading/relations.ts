import { nameOf } from '../../../strategies/strategy.js';
import { must, type Rule } from '../../../settings/rule.js';
import type { FadingSettings } from './settings.js';

export const fadingRules: readonly Rule<{ channel: FadingSettings }>[] = [
  {
    states: 'a trace comes from a file',
    findings: ({ channel: { fading, traceFile } }) => [
      must(
        fading !== 'trace' || traceFile !== null,
        '/channel/traceFile',
        traceFile,
        'a CSV file where fading is "trace"',
        'its columns are seconds and gain, or seconds and gainDb',
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

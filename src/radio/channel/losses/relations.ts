import { nameOf } from '../../../strategies/strategy.js';
import { must, type Rule } from '../../../settings/rule.js';
import { rarest, reach } from '../fading/reach.js';
import { steadyDopplerHz } from '../gain-paths/doppler.js';
import type { Channel } from '../settings.js';

export const lossRules: readonly Rule<{ channel: Channel }>[] = [
  {
    states: 'bursts of losses have durations, or come from the fading',
    findings: ({ channel }) => {
      const bursts = channel.gilbertElliott;
      if (bursts === null) return false;
      const { goodSeconds, badSeconds, fadeGain } = bursts;
      const pointer = '/channel/gilbertElliott';
      if (fadeGain === null) {
        const advice = 'or give fadeGain in place of both';
        const duration = (state: string) => `the mean duration of the ${state} state in seconds`;
        return [
          must(goodSeconds !== null, `${pointer}/goodSeconds`, goodSeconds, duration('good'), advice),
          must(badSeconds !== null, `${pointer}/badSeconds`, badSeconds, duration('bad'), advice),
        ];
      }
      return [
        must(
          goodSeconds === null && badSeconds === null,
          `${pointer}/fadeGain`,
          fadeGain,
          'null where goodSeconds or badSeconds is given',
          'the durations are given, or follow from fadeGain',
        ),
        must(
          channel.fading === 'rayleigh',
          `${pointer}/fadeGain`,
          fadeGain,
          `null where fading is "${nameOf(channel.fading)}"`,
          'fades are those of Rayleigh fading; give goodSeconds and badSeconds for any other',
        ),
        must(
          steadyDopplerHz(channel) !== null,
          `${pointer}/fadeGain`,
          fadeGain,
          'null where clients move through a cell',
          'the pace of fades changes with their speed; give goodSeconds and badSeconds, or /channel/dopplerHz',
        ),
        must(
          steadyDopplerHz(channel) !== 0,
          `${pointer}/fadeGain`,
          fadeGain,
          'null where the Doppler shift is 0',
          'a gain that never changes has no fades; set /channel/dopplerHz or /channel/speedMetersPerSecond',
        ),
        must(
          channel.fading !== 'rayleigh' || reach(channel, fadeGain, 1) >= rarest,
          `${pointer}/fadeGain`,
          fadeGain,
          'a gain that one block in 10,000 reaches: 9.2 for Rayleigh fading',
          'gains are relative to their mean',
        ),
      ];
    },
  },
];

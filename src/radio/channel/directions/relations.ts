import { must, plausible, type Rule } from '../../../settings/rule.js';
import { nameOf } from '../../../strategies/strategy.js';
import type { Direction, DirectionSettings, DownlinkSettings } from './settings.js';

/** What a link's budget can be in this world. */
const budget = {
  meanSnrDb: { from: -30, to: 60, unit: 'dB', advice: 'a ratio of 3.16 is 5 dB' },
  bandwidthHz: { from: 1e3, to: 1e10, unit: 'Hz', advice: '1 MHz is 1000000' },
  powerWatts: { from: 1e-6, to: 1e3, unit: 'watts', advice: '30 dBm is 1 watt' },
};

export const directionRules: readonly Rule<{ channel: { downlink: DownlinkSettings } }>[] = [
  {
    states: 'a broadcast has the whole band',
    findings: ({ channel: { downlink } }) =>
      must(
        downlink.cast !== 'broadcast' || nameOf(downlink.sharing) === 'orthogonal',
        '/channel/downlink/cast',
        downlink.cast,
        `"unicast" where the sharing of the downlink is "${nameOf(downlink.sharing)}"`,
        'a broadcast is not shared: set /channel/downlink/sharing to "orthogonal"',
      ),
  },
];

export const budgetRule: Rule<{ channel: Record<Direction, DirectionSettings> }> = {
  states: 'power, ratio and bandwidth of a link are of this world',
  findings: ({ channel }) =>
    (['uplink', 'downlink'] as const).flatMap((direction) =>
      plausible(`/channel/${direction}`, channel[direction], budget),
    ),
};

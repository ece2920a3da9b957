import { nameOf } from '../../../strategies/strategy.js';
import { must, type Rule } from '../../../settings/rule.js';
import type { Direction, DirectionSettings, DownlinkSettings } from '../directions/settings.js';

type Channel = Readonly<Record<Direction, DirectionSettings>> & {
  readonly downlink: DownlinkSettings;
  readonly cell: object | null;
};

const directions: readonly Direction[] = ['uplink', 'downlink'];

export const powerControlRules: readonly Rule<{ channel: Channel }>[] = [
  {
    states: 'power follows the path loss only where there is one',
    findings: ({ channel }) =>
      directions.map((direction) =>
        must(
          nameOf(channel[direction].powerControl) !== 'fractional' || channel.cell !== null,
          `/channel/${direction}/powerControl`,
          channel[direction].powerControl,
          '"constant" or "target-snr" where there is no `cell`',
          'set /channel/cell, which gives the path loss',
        ),
      ),
  },
  {
    states: 'a broadcast has one power for all',
    findings: ({ channel: { downlink } }) =>
      must(
        downlink.cast !== 'broadcast' || nameOf(downlink.powerControl) === 'constant',
        '/channel/downlink/powerControl',
        downlink.powerControl,
        '"constant" where downlink.cast is "broadcast"',
      ),
  },
];

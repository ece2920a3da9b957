import { must, type Rule } from '../../../settings/rule.js';
import type { Direction } from '../directions/settings.js';
import type { Cell } from '../large-scale/settings.js';
import type { InterferenceSetting } from './settings.js';

interface Radio {
  readonly channel: { readonly cell: Cell | null } & Readonly<
    Record<Direction, { readonly interference: InterferenceSetting }>
  >;
}

const directions: readonly Direction[] = ['uplink', 'downlink'];
const isListed = (setting: InterferenceSetting) =>
  setting !== null &&
  Object.values(setting).some((value) => Array.isArray(value) && typeof value[0] === 'number');

export const interferenceRules: readonly Rule<Radio>[] = [
  {
    states: 'interference is told in dBm, or by its transmitters, where noise and places are known',
    findings: ({ channel }) =>
      directions.map((direction) => {
        const { interference } = channel[direction];
        const holds = interference === null || 'aboveNoiseDb' in interference || channel.cell !== null;
        const pointer = `/channel/${direction}/interference`;
        return must(holds, pointer, interference, 'aboveNoiseDb where there is no /channel/cell');
      }),
  },
  {
    states: 'resource blocks are those of the uplink',
    findings: ({ channel: { downlink } }) =>
      must(
        !isListed(downlink.interference),
        '/channel/downlink/interference',
        downlink.interference,
        'one level over the whole band',
        'the blocks of the uplink are what server.allocation allots',
      ),
  },
];

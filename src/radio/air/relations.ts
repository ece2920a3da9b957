import type { Choice } from '../../settings/choice.js';
import { must, type Finding, type Rule } from '../../settings/rule.js';
import { uplinkChoices } from '../../strategies/compression/by-part.js';
import { nameOf } from '../../strategies/strategy.js';
import { protocol } from '../../../machines/protocol.js';
import { airOf } from '../channel/directions/sharing.js';
import { rarest, reach } from '../channel/fading/reach.js';
import type { Channel } from '../channel/settings.js';
import type { AirSettings } from './over-the-air.js';

interface Radio {
  readonly channel: Channel;
}

const where = 'where the sharing of the uplink is "over-the-air"';
const pointer = '/channel/uplink/sharing';

/** Only where all clients send at once. */
const overTheAirOnly =
  (findings: (channel: Channel, air: AirSettings) => Finding | readonly Finding[]): Rule<Radio>['findings'] =>
  ({ channel }) => {
    const air = airOf(channel.uplink.sharing, channel.uplink.receiveAntennas);
    return air === null ? false : findings(channel, air);
  };

/** What needs bits, packets, or one client's signal by itself. */
export const airRules: readonly Rule<Radio>[] = [
  {
    states: 'what goes over the air uncoded is sent once and in one piece',
    findings: overTheAirOnly(({ retransmission, packetBits }) => [
      must(
        retransmission === 'none',
        '/channel/retransmission',
        retransmission,
        `"none" ${where}`,
        'the server hears a sum, of which nothing can be sent again',
      ),
      must(packetBits === null, '/channel/packetBits', packetBits, `null ${where}`, 'it has no packets'),
    ]),
  },
  {
    states: 'what goes over the air uncoded is not compressed',
    findings: overTheAirOnly((channel) =>
      uplinkChoices(channel).map(([pointer, choice]) =>
        must(isNone(choice), pointer, choice, `"none" ${where}`, 'what is compressed does not add up'),
      ),
    ),
  },
  {
    states: 'clients over the air know their gains',
    findings: overTheAirOnly(({ knowledge }) =>
      must(
        knowledge === null,
        '/channel/knowledge',
        knowledge,
        `null ${where}`,
        'what inverts a gain that it does not know does not add up in phase',
      ),
    ),
  },
  {
    states: 'clients over the air send their symbols in step',
    findings: overTheAirOnly(({ uplink: { bandwidthHz } }) =>
      must(
        typeof bandwidthHz === 'number',
        '/channel/uplink/bandwidthHz',
        bandwidthHz,
        `one number ${where}`,
        'signals of one bandwidth add up symbol by symbol',
      ),
    ),
  },
  {
    states: 'what goes over the air uncoded suffers noise and not losses',
    findings: overTheAirOnly(({ lossProbability, gilbertElliott, uplink, faults }) => [
      must(
        (uplink.lossProbability ?? lossProbability) === 0,
        uplink.lossProbability === null ? '/channel/lossProbability' : '/channel/uplink/lossProbability',
        uplink.lossProbability ?? lossProbability,
        `0 of the uplink ${where}`,
        'noise and silence stand in the aggregate instead',
      ),
      must(gilbertElliott === null, '/channel/gilbertElliott', gilbertElliott, `null ${where}`),
      ...faults.map(({ effect, direction, kind }, index) => {
        const isDownlinks =
          direction === 'downlink' || (kind !== undefined && protocol[kind].direction === 'down');
        return must(
          isDownlinks || !behindTheRadio.has(effect),
          `/channel/faults/${index}/effect`,
          effect,
          `"drop", "corrupt" or "blackout" ${where}, or a fault of the downlink`,
          'one client of a sum is neither slower nor later than the others',
        );
      }),
    ]),
  },
  {
    states: 'a client’s gain reaches the cutoff over the air, and its inverse has a mean above it',
    findings: overTheAirOnly((channel, { cutoffGain, antennas }) => [
      must(
        antennas > 1 || channel.fading !== 'rayleigh' || cutoffGain > 0,
        pointer,
        channel.uplink.sharing,
        'a cutoffGain above 0 where one antenna hears Rayleigh fading',
        'without a cutoff the deepest fades take infinite power',
      ),
      must(
        reach(channel, cutoffGain, channel.uplink.receiveAntennas) >= rarest,
        pointer,
        channel.uplink.sharing,
        'a cutoffGain that one block in 10,000 reaches',
        'gains are relative to their mean; above all of them nothing is ever sent',
      ),
    ]),
  },
  {
    states: 'several antennas over the air hear Rayleigh fading of independent blocks',
    findings: overTheAirOnly(({ fading, correlation, uplink }, { antennas }) =>
      must(
        antennas === 1 || (fading === 'rayleigh' && correlation === 'independent'),
        '/channel/uplink/receiveAntennas',
        uplink.receiveAntennas,
        `1 ${where}, or fading "rayleigh" with correlation "independent"`,
      ),
    ),
  },
];

const isNone = (choice: Choice) =>
  nameOf(choice) === 'none' && (typeof choice === 'string' || (choice['entropy'] ?? 'none') === 'none');

const behindTheRadio: ReadonlySet<string> = new Set(['slow', 'delay', 'duplicate']);

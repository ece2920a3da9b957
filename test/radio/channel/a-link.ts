import type { KeyedMessage } from '../../../src/radio/channel/attempts.js';
import { linksOf, type Link } from '../../../src/radio/channel/link.js';
import type { Scenario } from '../../../src/scenario/schema.js';
import { resolveScenario } from '../../../src/scenario/validate.js';

type Channel = Scenario['channel'];

/** What of a scenario's channel is not as by default. */
export type ChannelChanges = Partial<Omit<Channel, 'uplink' | 'downlink'>> & {
  readonly uplink?: Partial<Channel['uplink']>;
  readonly downlink?: Partial<Channel['downlink']>;
};

export interface Around {
  readonly clients?: number;
  readonly seed?: number;
  /** Whether a scheduled band is as if all clients sent all the time: the closed form. */
  readonly fullBuffers?: boolean;
}

const plain = resolveScenario({
  name: 'a-link',
  description: 'The channel of the shared reference channel.json',
  data: { synthetic: { facts: 0 } },
  channel: { coherenceSeconds: 0.05 },
}).channel;

/**
 * A channel with changes to that of the shared reference channel.json, which is the default one but for its longer
 * blocks: Rayleigh fading over independent blocks of 50 ms, 5 dB, 1 MHz, 1 W, Shannon's rate of every block. Relations are not
 * checked.
 */
export function channelWith({ uplink, downlink, ...changes }: ChannelChanges = {}): Channel {
  return {
    ...plain,
    ...changes,
    uplink: { ...plain.uplink, ...uplink },
    downlink: { ...plain.downlink, ...downlink },
  };
}

/** Uplink and downlink of client-1, client-2, … */
export function linksWith(
  changes: ChannelChanges = {},
  { clients = 1, seed = 1, fullBuffers = false }: Around = {},
): readonly Link[] {
  const ids = Array.from({ length: clients }, (_, index) => `client-${index + 1}`);
  return linksOf({ seed, channel: channelWith(changes), fullBuffers }, ids);
}

/** The uplink of client-1. */
export function uplinkWith(changes: ChannelChanges = {}, around: Around = {}): Link {
  return linksWith(changes, around)[0]!;
}

/** When a message of so many rounds begins, in the tests: so far from the others that it meets none of their blocks. */
export const momentOf = (round: number): number => round * 2000;

/** A message like no other on its link: a round has one of a kind. */
export function messageOf(round: number): KeyedMessage {
  return { kind: 'update', step: '1.3', stage: 'instruction', round };
}

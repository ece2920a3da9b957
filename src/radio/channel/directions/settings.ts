import Type, { type Static } from 'typebox';
import { choice } from '../../../settings/choice.js';
import { closed, nullable, positive } from '../../../settings/form.js';
import { downlinkSharings, sharings } from './sharing.js';

const link = {
  powerWatts: positive(1, 'transmission power'),
  meanSnrDb: Type.Number({
    default: 5,
    description:
      'mean signal-to-noise ratio at the receiver over `bandwidthHz`; unused where there is a `cell`',
  }),
  bandwidthHz: positive(1e6, 'bandwidth of a client (sharing "orthogonal") or of the band that all share'),
  lossProbability: nullable(
    Type.Number({ minimum: 0, maximum: 1 }),
    'of this direction; null: that of the channel',
  ),
};

const ofTheBand =
  'of the band. orthogonal: each client has its own; split-power-kept, split-density-kept, tdma: each has a ' +
  'part that stands fast; equal, round-robin, proportional-fair, max-snr, min-max-delay: the cell’s scheduler ' +
  'divides it over those who send now; ';

const upwards = {
  sharing: choice(Object.values(sharings), {
    default: 'orthogonal',
    description: `${ofTheBand}over-the-air: all send at once and uncoded, and the server hears the sum; docs/radio.md`,
  }),
};

const downwards = {
  sharing: choice(Object.values(downlinkSharings), {
    default: 'orthogonal',
    description: `${ofTheBand}docs/radio.md`,
  }),
};

export const Uplink = closed(
  { ...link, ...upwards },
  { default: {}, description: 'from a client to the server' },
);

export const Downlink = closed(
  {
    ...link,
    ...downwards,
    cast: Type.Enum(['unicast', 'broadcast'], {
      default: 'unicast',
      description:
        'broadcast: what several clients get at once goes on the air once, at the rate of the worst of them; ' +
        'repeats are unicast',
    }),
  },
  { default: {}, description: 'from the server to a client' },
);

/** A direction between the server and its clients. */
export type Direction = 'uplink' | 'downlink';

/** What the two directions have in common. */
export type DirectionSettings = Static<typeof Uplink>;

export type DownlinkSettings = Static<typeof Downlink>;

import Type, { type Static } from 'typebox';
import { choice } from '../../../settings/choice.js';
import { closed, nullable } from '../../../settings/form.js';
import { perClient, positivePerClient } from '../../../settings/per-client.js';
import { directionCompression } from '../../../strategies/compression/settings.js';
import { InterferenceSetting } from '../interference/settings.js';
import { powerControls } from '../power-control/index.js';
import { downlinkSharings, sharings } from './sharing.js';
import { transmitterSettings } from './transmitter.js';

/** What the mean SNR was measured at; null where it is that of the link whatever the link has. */
const reference = (value: number, description: string) =>
  Type.Union([Type.Number({ exclusiveMinimum: 0 }), Type.Null()], { default: value, description });

const link = {
  powerWatts: positivePerClient(1, 'transmission power, radiated; the most where there is a `powerControl`'),
  ...transmitterSettings,
  powerControl: choice(Object.values(powerControls), {
    default: 'constant',
    description: 'of the sender, by the mean of its channel; energy follows the power',
  }),
  meanSnrDb: perClient(
    5,
    'mean signal-to-noise ratio at the receiver, at `referencePowerWatts` over `referenceBandwidthHz`; ' +
      'unused where there is a `cell`',
  ),
  referencePowerWatts: reference(
    1,
    'power at which `meanSnrDb` holds: the ratio grows with `powerWatts`; null: it holds at any',
  ),
  referenceBandwidthHz: reference(
    1e6,
    'bandwidth over which `meanSnrDb` holds: the noise grows with `bandwidthHz`; null: it holds over any',
  ),
  bandwidthHz: positivePerClient(
    1e6,
    'bandwidth of a client (sharing "orthogonal") or of the band that all share',
  ),
  interference: InterferenceSetting,
  ...directionCompression,
  receiveAntennas: Type.Integer({
    minimum: 1,
    maximum: 64,
    default: 1,
    description:
      'of the receiver, with independent gains, combined by maximal ratio; `meanSnrDb` is that of one of them',
  }),
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
    description: `${ofTheBand}over-the-air: all send at once and uncoded, and the server hears the sum; docs/cell.md`,
  }),
};

const downwards = {
  sharing: choice(Object.values(downlinkSharings), {
    default: 'orthogonal',
    description: `${ofTheBand}docs/cell.md`,
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

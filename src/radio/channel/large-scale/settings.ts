import Type, { type Static } from 'typebox';
import { atLeastZero, closedOrNull, nullable, positive } from '../../../settings/form.js';

const Mobility = closedOrNull(
  {
    minSpeedMetersPerSecond: positive(0.5, 'speeds of legs are uniform from here'),
    maxSpeedMetersPerSecond: positive(1.5, 'to here'),
    pauseSeconds: atLeastZero(0, 'rest at each waypoint'),
  },
  'random waypoint; null: clients stay where they are',
);

export const Cell = closedOrNull(
  {
    radiusMeters: positive(250, 'clients are placed, and move, within this distance of the server'),
    minDistanceMeters: positive(10, 'no client comes nearer to the server'),
    positions: nullable(
      Type.Array(Type.Array(Type.Number(), { minItems: 2, maxItems: 2 }), { minItems: 1 }),
      'x and y in meters of each client, the server at 0, 0; null: drawn, uniform over the cell',
    ),
    pathLoss: Type.Enum(
      [
        'tr38901-uma-los',
        'tr38901-uma-nlos',
        'tr38901-umi-los',
        'tr38901-umi-nlos',
        'tr36814-macro',
        'free-space',
      ],
      { default: 'tr36814-macro', description: 'formula of the path loss, by the 3GPP report that gives it' },
    ),
    shadowingDb: nullable(
      Type.Number({ minimum: 0 }),
      'standard deviation of the log-normal shadowing; null: that of the path-loss formula',
    ),
    shadowingMeters: positive(50, 'distance over which the autocorrelation of the shadowing falls to 1/e'),
    baseHeightMeters: positive(25, 'antenna of the server'),
    clientHeightMeters: positive(1.5, 'antenna of a client'),
    antennaGainDb: Type.Number({ default: 0, description: 'of both antennas together' }),
    noiseDensityDbmPerHz: Type.Number({ default: -174, description: 'thermal noise' }),
    noiseFigureDb: Type.Number({ default: 7, description: 'of the receiver' }),
    mobility: Mobility,
  },
  'mean SNR from distance, path loss and shadowing; null: `meanSnrDb` of each direction',
);

/** Where clients are, and what it does to the mean of their signal. */
export type Cell = NonNullable<Static<typeof Cell>>;

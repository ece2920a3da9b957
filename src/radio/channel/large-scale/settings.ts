import Type, { type Static } from 'typebox';
import { atLeastZero, closedOrNull, fraction, nullable, positive } from '../../../settings/form.js';
import { perClientOrNull, positivePerClient } from '../../../settings/per-client.js';

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
    distanceMeters: perClientOrNull(
      'distance of each client from the server at the start, in a direction drawn uniformly; null: as `positions` say',
    ),
    pathLoss: Type.Enum(
      [
        'tr38901-uma',
        'tr38901-umi',
        'tr38901-uma-los',
        'tr38901-uma-nlos',
        'tr38901-umi-los',
        'tr38901-umi-nlos',
        'tr36814-macro',
        'free-space',
      ],
      {
        default: 'tr36814-macro',
        description:
          'formula of the path loss, by the 3GPP report that gives it; tr38901-uma and -umi: with a line of sight ' +
          'by chance, nlos where there is none',
      },
    ),
    shadowingDb: nullable(
      Type.Number({ minimum: 0 }),
      'standard deviation of the log-normal shadowing; null: that of the path-loss formula',
    ),
    shadowingMeters: nullable(
      Type.Number({ exclusiveMinimum: 0 }),
      'distance over which the autocorrelation of the shadowing falls to 1/e; null: that of the formula',
    ),
    baseHeightMeters: nullable(
      Type.Number({ exclusiveMinimum: 0 }),
      'antenna of the server; null: that of the formula, 25 for UMa and 10 for UMi',
    ),
    clientHeightMeters: positive(1.5, 'antenna of a client'),
    indoorShare: fraction(0, 'probability that a client is indoors, for the tr38901 path losses'),
    indoorLoss: Type.Enum(['low', 'high'], {
      default: 'low',
      description: 'of walls: low (plain glass and concrete) or high (coated glass and concrete)',
    }),
    antennaGainDb: Type.Number({ default: 0, description: 'of both antennas together' }),
    noiseDensityDbmPerHz: Type.Number({ default: -174, description: 'thermal noise' }),
    noiseFigureDb: Type.Number({ default: 7, description: 'of the receiver' }),
    mobility: Mobility,
  },
  'mean SNR from distance, path loss and shadowing; null: `meanSnrDb` of each direction',
);

/** Where clients are, and what it does to the mean of their signal. */
export type Cell = NonNullable<Static<typeof Cell>>;

export const DistanceLaw = closedOrNull(
  {
    distanceMeters: positivePerClient(100, 'distance of a client from the server'),
    exponent: positive(3, 'of the path loss: 2 in free space, 3 to 4 in a town'),
    referenceMeters: positive(100, 'distance at which `meanSnrDb` of each direction holds'),
  },
  'mean SNR falls with distance by a power law, without a `cell`; null: `meanSnrDb` holds wherever a client is',
);

export type DistanceLaw = NonNullable<Static<typeof DistanceLaw>>;

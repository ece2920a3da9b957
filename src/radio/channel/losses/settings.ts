import Type, { type Static } from 'typebox';
import { closedOrNull, fraction, nullable } from '../../../settings/form.js';

const GilbertElliott = closedOrNull(
  {
    lossGood: fraction(0, 'probability that a packet which ends in the good state is lost'),
    lossBad: fraction(1, 'the same in the bad state'),
    goodSeconds: nullable(Type.Number({ exclusiveMinimum: 0 }), 'mean duration of the good state'),
    badSeconds: nullable(Type.Number({ exclusiveMinimum: 0 }), 'mean duration of the bad state'),
    fadeGain: nullable(
      Type.Number({ exclusiveMinimum: 0 }),
      'power gain, relative to its mean, below which the fading is bad: durations from level-crossing rate and ' +
        'average fade duration, in place of the two above',
    ),
  },
  'losses in bursts, beside `lossProbability`; null: none',
);

/** Packets lost whatever their gain. */
export const lossSettings = {
  lossProbability: fraction(0, 'probability that a packet is lost whatever its gain'),
  gilbertElliott: GilbertElliott,
};

/** Losses in bursts: Gilbert 1960 and Elliott 1963, in continuous time. */
export type BurstSettings = NonNullable<Static<typeof GilbertElliott>>;

import Type, { type Static } from 'typebox';
import { closed, fraction, positive } from '../../../settings/form.js';

const levels = (description: string) =>
  Type.Union([Type.Number(), Type.Array(Type.Number(), { minItems: 1 })], {
    description: `${description}; a list: in each resource block, an equal part of the band`,
  });

const Transmitter = closed({
  position: Type.Array(Type.Number(), {
    minItems: 2,
    maxItems: 2,
    description: 'x and y in meters, the server at 0, 0',
  }),
  powerWatts: positive(1, 'over the whole band'),
  activity: fraction(1, 'share of the time in which it sends'),
});

export const InterferenceSetting = Type.Union(
  [
    closed({ aboveNoiseDb: levels('mean interference over the noise of the band, in dB') }),
    closed({ dbm: levels('mean interference received, in dBm') }),
    closed({ transmitters: Type.Array(Transmitter, { minItems: 1, description: 'of other cells' }) }),
    Type.Null(),
  ],
  {
    default: null,
    description:
      'that a receiver hears as noise, at its mean level; `dbm` and `transmitters` take a `cell`; null: none',
  },
);

/** Where interference comes from; null: there is none. */
export type InterferenceSetting = Static<typeof InterferenceSetting>;
export type InterferingTransmitter = Static<typeof Transmitter>;

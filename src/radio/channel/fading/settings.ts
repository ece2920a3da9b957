import Type from 'typebox';
import { choice } from '../../../settings/choice.js';
import { nullable, type Settings } from '../../../settings/form.js';
import { fadings } from './index.js';

/** The law of a block's gain, or the file that it comes from. */
export const fadingSettings = {
  fading: choice([...Object.values(fadings), { name: 'trace' }], {
    default: 'rayleigh',
    description: 'gain of a coherence block; none: additive white Gaussian noise alone',
  }),
  ricianK: Type.Number({
    minimum: 0,
    maximum: 1e4,
    default: 3,
    description: 'of "rician": power of the line of sight over that of the scattered paths, a ratio',
  }),
  nakagamiM: Type.Number({
    minimum: 0.5,
    maximum: 1e4,
    default: 2,
    description: 'of "nakagami": shape; 1 is Rayleigh',
  }),
  traceFile: nullable(
    Type.Union([Type.String(), Type.Array(Type.String(), { minItems: 1 })]),
    'of "trace": CSV with the columns seconds and gain (a ratio), gainDb, snrDb or rateBps, relative to the ' +
      'scenario file; one for all links, each from a drawn place; or one for each client, from its first row ' +
      'on: a list, or a name with {client} in it, which stands for the number; {direction} stands for uplink ' +
      'or downlink; repeated for ever',
  ),
};

export type FadingSettings = Settings<typeof fadingSettings>;

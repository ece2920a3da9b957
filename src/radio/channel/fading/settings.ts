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
    Type.String(),
    'of "trace": CSV with the columns seconds and gain (a ratio) or gainDb, relative to the scenario file; ' +
      'repeated for ever, from a drawn place for each link',
  ),
};

export type FadingSettings = Settings<typeof fadingSettings>;

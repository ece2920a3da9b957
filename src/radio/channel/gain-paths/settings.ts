import Type from 'typebox';
import { atLeastZero, nullable, positive, type Settings } from '../../../settings/form.js';

/** How the gain changes over time. */
export const gainPathSettings = {
  correlation: Type.Enum(['independent', 'gauss-markov', 'jakes'], {
    default: 'independent',
    description:
      'of the gain over time. independent: blocks of a message have nothing in common; gauss-markov: ' +
      'autoregressive with rho = J0(2 pi fD T); jakes: a sum of sinusoids with Clarke’s Doppler spectrum',
  }),
  coherenceSeconds: positive(0.05, 'length T of a block of constant gain'),
  dopplerHz: nullable(Type.Number({ minimum: 0 }), 'maximum Doppler shift fD; null: from speed and carrier'),
  speedMetersPerSecond: atLeastZero(1, 'of a client against the server; makes the Doppler shift'),
  carrierHz: positive(2e9, 'carrier frequency: makes the Doppler shift and the path loss'),
};

export type GainPathSettings = Settings<typeof gainPathSettings>;

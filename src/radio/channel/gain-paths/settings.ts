import Type from 'typebox';
import { atLeastZero, nullable, positive, type Settings } from '../../../settings/form.js';

/** How the gain changes over time. */
export const gainPathSettings = {
  correlation: Type.Enum(['independent', 'gauss-markov', 'jakes'], {
    default: 'independent',
    description:
      'of the gain over time. independent: no block has anything in common with the one before; gauss-markov: ' +
      'autoregressive with rho = e^(-T fD / 0.688); jakes: a sum of sinusoids with Clarke’s Doppler spectrum',
  }),
  coherenceSeconds: positive(
    0.02,
    'length T of a block of constant gain; correlated gains want at most 9 / (16 pi fD)',
  ),
  dopplerHz: nullable(
    Type.Number({ minimum: 0 }),
    'maximum Doppler shift fD of all clients at all times; null: from speed and carrier',
  ),
  speedMetersPerSecond: atLeastZero(
    1,
    'of clients against what scatters their signal; makes the Doppler shift, but where `cell.mobility` moves them',
  ),
  carrierHz: positive(2e9, 'carrier frequency: makes the Doppler shift and the path loss'),
};

export type GainPathSettings = Settings<typeof gainPathSettings>;

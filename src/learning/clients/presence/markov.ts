import Type from 'typebox';
import { stream } from '../../../simulation/random/stream.js';
import { strategy } from '../../../strategies/strategy.js';
import type { PatternDevice, PresencePattern, PresenceSettings } from './pattern.js';

/**
 * A Markov chain in continuous time with two states: times on and off are exponential and independent, the first
 * state follows the stationary law, P(on) = on / (on + off) (Ross, Introduction to Probability Models, section 6.4).
 * The n-th time of a client is a draw of its own.
 */
export const markov = strategy({
  name: 'markov',
  description: 'on and off for exponential times, each client by itself',
  options: Type.Object({
    onSeconds: Type.Number({ exclusiveMinimum: 0, description: 'mean time on' }),
    offSeconds: Type.Number({ exclusiveMinimum: 0, description: 'mean time off' }),
  }),
  make: ({ seed, onSeconds, offSeconds }: PresenceSettings & MeanTimes): PresencePattern => {
    const startsOn = (client: string) =>
      stream(seed, 'presence', client, 0).uniform() * (onSeconds + offSeconds) < onSeconds;
    return {
      startsOn,
      follow: ({ client, after, turn }: PatternDevice) => {
        const stay = (on: boolean, count: number): void => {
          const mean = on ? onSeconds : offSeconds;
          after(mean * stream(seed, 'presence', client, count).exponential(), () => {
            turn(!on);
            stay(!on, count + 1);
          });
        };
        stay(startsOn(client), 1);
      },
    };
  },
});

export interface MeanTimes {
  readonly onSeconds: number;
  readonly offSeconds: number;
}

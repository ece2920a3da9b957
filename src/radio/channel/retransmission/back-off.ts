import { longestSeconds } from '../../../settings/form.js';
import type { RetransmissionSettings } from './settings.js';

/** Exponential back-off: the wait after attempt `number`, from 1, besides that for feedback. */
export function backoffSeconds(
  { backoffSeconds: first, backoffFactor }: Pick<RetransmissionSettings, 'backoffSeconds' | 'backoffFactor'>,
  number: number,
): number {
  // Without a wait none grows, however large the power of the factor.
  return first === 0 ? 0 : Math.min(longestSeconds, first * backoffFactor ** (number - 1));
}

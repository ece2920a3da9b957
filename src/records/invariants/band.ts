import type { Direction } from '../../radio/channel/directions/settings.js';
import { violationsOf, type Checker } from './checker.js';

const fail = violationsOf('band');

/** What sums of parts may be off, and the clock's microseconds. */
const rounding = 1e-6;

/**
 * A band that the cell's scheduler divides is given at most once in every coherence block, and no part of it is idle
 * while somebody could send. By their own account the attempts that have ended did not have more of it than there
 * was time.
 */
export function band(): Checker {
  const had: Record<Direction, number> = { uplink: 0, downlink: 0 };
  return {
    onBand(direction, { fromSeconds, toSeconds, mostGiven, idleSeconds }) {
      const when = `from ${fromSeconds} s to ${toSeconds} s`;
      if (mostGiven > 1 + rounding) fail(`${mostGiven} of the ${direction}'s band was given at once ${when}`);
      if (idleSeconds > rounding) {
        fail(`the ${direction}'s band was idle for ${idleSeconds} s ${when} though somebody could have sent`);
      }
    },
    onBus(event) {
      if (event.phase !== 'attempt' || event.attempt.band === undefined) return;
      const direction = event.envelope.from === 'server' ? 'downlink' : 'uplink';
      had[direction] += event.attempt.band.seconds;
      if (had[direction] <= event.atSeconds * (1 + rounding) + rounding) return;
      fail(`attempts had the ${direction}'s band for ${had[direction]} s in ${event.atSeconds} s`);
    },
  };
}

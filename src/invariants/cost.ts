import type { BusEvent, LinkAccount } from '../bus/bus.js';
import { retransmissions } from '../channel/retransmission.js';
import type { Scenario } from '../scenario/schema.js';
import { InvariantViolation, type Checker } from './checker.js';

/**
 * A message costs what its attempts cost: energy = power · time on the air for each attempt and for their
 * sum, and no message goes on the air more often than the scenario allows.
 */
export function cost(channel: Scenario['channel']): Checker {
  const accounts = new Map<number, LinkAccount>();
  const cap = retransmissions[channel.retransmission].maxTransmissions(channel.maxTransmissions);

  return {
    onBus(event) {
      const { id, from } = event.envelope;
      const powerWatts = (from === 'server' ? channel.downlink : channel.uplink).powerWatts;
      const before = accounts.get(id) ?? { bits: 0, attempts: 0, onAirSeconds: 0, energyJoules: 0 };
      const expected = event.phase === 'attempt' ? added(before, event.attempt) : before;
      agree(event, 'attempts', event.attempts, expected.attempts);
      agree(event, 'seconds on the air', event.onAirSeconds, expected.onAirSeconds);
      agree(event, 'joules', event.energyJoules, expected.energyJoules);
      agree(event, 'joules', event.energyJoules, powerWatts * event.onAirSeconds);
      if (event.phase === 'attempt') {
        agree(
          event,
          'joules in one attempt',
          event.attempt.energyJoules,
          powerWatts * event.attempt.onAirSeconds,
        );
      }
      if (event.attempts > cap) {
        throw new InvariantViolation(
          'cost',
          `message ${id} was on the air ${event.attempts} times of ${cap}`,
        );
      }
      if (event.phase === 'attempt') accounts.set(id, expected);
      if (event.phase === 'delivered' || event.phase === 'dropped') accounts.delete(id);
    },
  };
}

function added(account: LinkAccount, attempt: { onAirSeconds: number; energyJoules: number }): LinkAccount {
  return {
    bits: account.bits,
    attempts: account.attempts + 1,
    onAirSeconds: account.onAirSeconds + attempt.onAirSeconds,
    energyJoules: account.energyJoules + attempt.energyJoules,
  };
}

/** Equal but for the rounding of sums. */
function agree({ phase, envelope: { id } }: BusEvent, what: string, found: number, expected: number): void {
  if (Math.abs(found - expected) <= 1e-9 * Math.max(1, Math.abs(expected))) return;
  throw new InvariantViolation(
    'cost',
    `message ${id} (${phase}) accounts ${found} ${what}; its attempts make ${expected}`,
  );
}

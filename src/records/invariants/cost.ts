import { untouched, type BusEvent, type LinkAccount } from '../../simulation/bus/bus.js';
import { directionOf, keyedClients } from '../../radio/channel/directions/client-direction.js';
import type { Direction } from '../../radio/channel/directions/settings.js';
import { retransmissions } from '../../radio/channel/retransmission/index.js';
import { isOverTheAir } from '../../radio/channel/directions/sharing.js';
import type { Channel } from '../../radio/channel/settings.js';
import { violationsOf, type Checker } from './checker.js';

const fail = violationsOf('cost');

const sums = [
  'onAirSeconds',
  'airBits',
  'transmitJoules',
  'receiveJoules',
  'idleJoules',
  'energyJoules',
] as const;
const counted = ['attempts', ...sums] as const;
const energies = ['transmitJoules', 'receiveJoules', 'idleJoules'] as const;

/** What is read of a scenario. */
interface Radio {
  readonly seed: number;
  readonly channel: Channel;
  readonly clients: { readonly count: number };
}

/**
 * A message costs what its attempts cost: every account is the sum over the attempts so far, energy is that of
 * transmitter, receiver and waiting together, a transmitter of constant power (one that does not invert its channel)
 * spends no more than power · time on the air, and no message goes on the air more often than the scenario allows.
 */
export function cost(scenario: Radio): Checker {
  const { channel } = scenario;
  const powers = powersOf(scenario);
  const accounts = new Map<number, LinkAccount>();
  const inversion = channel.rate === 'inversion' || isOverTheAir(channel.uplink.sharing);
  const cap = retransmissions[channel.retransmission].maxTransmissions(channel.maxTransmissions);

  return {
    onBus(event) {
      const { id, from, to } = event.envelope;
      if (event.phase === 'duplicated') return;
      const before = accounts.get(id) ?? { bits: event.bits, ...untouched };
      const expected = event.phase === 'attempt' ? added(before, event.attempt) : before;
      // A delayed message arrives with the account of the moment at which it left the air.
      if (event.phase !== 'delivered')
        for (const key of counted) agree(event, key, event[key], expected[key]);
      const parts = energies.reduce((sum, key) => sum + event[key], 0);
      agree(event, 'energyJoules', event.energyJoules, parts);
      const powerWatts = from === 'server' ? powers.downlink.get(to)! : powers.uplink.get(from)!;
      const most = powerWatts * event.onAirSeconds;
      const inverts = from === 'server' ? channel.rate === 'inversion' : inversion;
      if (!inverts && event.transmitJoules > most * (1 + 1e-9)) {
        fail(`message ${id} spent ${event.transmitJoules} J in ${event.onAirSeconds} s at ${powerWatts} W`);
      }
      if (event.attempts > cap) fail(`message ${id} was on the air ${event.attempts} times of ${cap}`);
      if (event.phase === 'attempt') accounts.set(id, expected);
      if (event.phase === 'settled') accounts.delete(id);
    },
  };
}

/** Transmission power by client, in watts. */
function powersOf(scenario: Radio) {
  const clients = keyedClients(scenario);
  const powers = (direction: Direction) =>
    new Map(
      clients.map((client) => [client.id, directionOf(scenario.channel, direction, client).powerWatts]),
    );
  return { uplink: powers('uplink'), downlink: powers('downlink') };
}

function added(account: LinkAccount, attempt: Omit<LinkAccount, 'bits' | 'attempts'>): LinkAccount {
  const total = { ...account, attempts: account.attempts + 1 };
  for (const key of sums) total[key] += attempt[key];
  return total;
}

/** Equal but for the rounding of sums. */
function agree({ phase, envelope: { id } }: BusEvent, what: string, found: number, expected: number): void {
  if (Math.abs(found - expected) <= 1e-9 * Math.max(1, Math.abs(expected))) return;
  fail(`message ${id} (${phase}) accounts ${what} ${found}; its attempts make ${expected}`);
}
